"""check.py FILE [PROGRAMS]: holds rendered manifests to schemas and to each other; ops/check-kubernetes calls it."""
import glob, json, os, re, subprocess, sys
import jsonschema, kubernetes_validate, yaml

VERSIONS = ["1.29", "1.37"]
problems = []


def schemas():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemas")
    return {os.path.basename(path)[:-5]: json.load(open(path)) for path in glob.glob(f"{folder}/*.json")}


def check_schema(o, custom):
    if o["kind"] in custom:
        for error in jsonschema.Draft202012Validator(custom[o["kind"]]).iter_errors(o):
            problems.append(f"{o['kind']} {o['metadata']['name']}: {error.json_path}: {error.message}")
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(o, version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            problems.append(f"{o['kind']} {o['metadata']['name']} for Kubernetes {version}: {getattr(error, 'message', error)}")


def pod_specs(objects):
    return [(o, o["spec"]["template"]["spec"], o["spec"]["template"]["metadata"]) for o in objects if o["kind"] in ("Deployment", "Job")]


def expect(condition, text):
    if not condition:
        problems.append(text)


def check_pods(objects):
    for o, spec, metadata in pod_specs(objects):
        name = o["metadata"]["name"]
        security = spec["securityContext"]
        expect(security.get("runAsNonRoot") and security.get("runAsUser", 0) > 0, f"{name} may run as root")
        expect(spec.get("automountServiceAccountToken") is False, f"{name} gets a token for Kubernetes")
        for container in spec.get("initContainers", []) + spec["containers"]:
            own = container["securityContext"]
            expect(own["readOnlyRootFilesystem"] and not own["allowPrivilegeEscalation"] and own["capabilities"] == {"drop": ["ALL"]},
                   f"{name}/{container['name']} may do more than it needs")
            expect("requests" in container["resources"] and "memory" in container["resources"]["limits"],
                   f"{name}/{container['name']} has no requests or no memory limit")
            volumes = {volume["name"] for volume in spec.get("volumes", [])}
            for mount in container.get("volumeMounts", []):
                expect(mount["name"] in volumes, f"{name}/{container['name']} mounts {mount['name']}, which there is not")
        if o["kind"] == "Deployment":
            selector = o["spec"]["selector"]["matchLabels"]
            expect(selector.items() <= metadata["labels"].items(), f"{name} does not select its own pods")


def check_worker(objects):
    worker, = (o for o in objects if o["kind"] == "Deployment" and o["metadata"]["name"] == "evalctl-worker")
    spec = worker["spec"]["template"]["spec"]
    container, = spec["containers"]
    env = {entry["name"]: entry.get("value") for entry in container["env"]}
    expect(spec["terminationGracePeriodSeconds"] > float(env["EVALCTL_DRAIN_SECONDS"]), "a worker is killed while it drains")
    threads = container["resources"]["limits"]["cpu"]
    for o in objects:
        if o["kind"] == "ScaledObject":
            expect(o["spec"]["triggers"][0]["metadata"]["targetQueryValue"] == threads,
                   f"KEDA counts on {o['spec']['triggers'][0]['metadata']['targetQueryValue']} threads for a worker, which has {threads}")
            expect("replicas" not in worker["spec"], "the worker's number of replicas would be set against KEDA's")
            expect(o["spec"]["scaleTargetRef"]["name"] == "evalctl-worker", "KEDA scales something else")


def check_settings(objects, programs):
    """Variables that the manifests set are settings of the program that gets them; one that there is not would be ignored in silence."""
    config = {o["metadata"]["name"]: o["data"] for o in objects if o["kind"] == "ConfigMap"}
    shared = set().union(*config.values())
    taken = {}
    for program in ("eval-worker", "eval-coordinator"):
        printed = subprocess.run([os.path.join(programs, program), "--print-config", "--config="], check=True, capture_output=True, text=True).stdout
        names = re.findall(r"^(?:# )?([a-z0-9-]+) (?:=|is not set)", printed, re.M)
        taken[program] = {"EVALCTL_" + name.upper().replace("-", "_") for name in names} | {"EVALCTL_HTTP_TOKEN"}
    for o, spec, _ in pod_specs(objects):
        for container in spec["containers"]:
            if container["command"][0] in taken:
                for entry in container["env"]:
                    expect(entry["name"] in taken[container["command"][0]], f"{container['command'][0]} takes no {entry['name']}")
    for name in shared:
        expect(any(name in names for names in taken.values()), f"no program takes {name}")


with open(sys.argv[1]) as file:
    objects = list(yaml.safe_load_all(file))
custom = schemas()
for o in objects:
    check_schema(o, custom)
check_pods(objects)
check_worker(objects)
if len(sys.argv) > 2:
    check_settings(objects, sys.argv[2])
kinds = {o["kind"] for o in objects}
expect({"ConfigMap", "Job", "NetworkPolicy", "PodDisruptionBudget", "ScaledObject", "ServiceMonitor"} <= kinds, f"there is only {sorted(kinds)}")
if problems:
    sys.exit("\n".join("check-kubernetes: " + problem for problem in problems))
print(f"check-kubernetes: {len(objects)} objects are as their schemas say, for Kubernetes {' and '.join(VERSIONS)}")
