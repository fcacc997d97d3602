-- The schema that migrations/ makes of an empty database. Written by ops/dump-schema; do not edit.
--
-- PostgreSQL database dump
--




--
-- Name: create_run_partitions(bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.create_run_partitions(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    EXECUTE format('CREATE TABLE predictions_%s PARTITION OF predictions FOR VALUES IN (%s)', run, run);
    EXECUTE format('CREATE TABLE layer_activity_%s PARTITION OF layer_activity FOR VALUES IN (%s)', run, run);
END $$;



--
-- Name: predictions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.predictions (
    run_id bigint NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    top5 integer[] NOT NULL,
    scores real[] NOT NULL,
    timestep_top1 integer[] NOT NULL,
    timestep_label_rank integer[] NOT NULL,
    timestep_margin real[] NOT NULL,
    timestep_spikes bigint[] NOT NULL,
    timestep_synops bigint[] NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    worker_id bigint NOT NULL
)
PARTITION BY LIST (run_id);


--
-- Name: COLUMN predictions.top5; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.top5 IS 'Classes by falling score (at most five), of the mean of logits over all time steps; ties go to the lower class.';


--
-- Name: COLUMN predictions.timestep_top1; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_top1 IS 'Element t: the prediction of a run with t time steps.';


--
-- Name: COLUMN predictions.timestep_label_rank; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_label_rank IS 'Element t: how many classes rank before the label after t time steps; 0 is a top-1 hit, below 5 a top-5 hit.';


--
-- Name: COLUMN predictions.timestep_margin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_margin IS 'Element t: best less second-best mean logit after t time steps.';


--
-- Name: COLUMN predictions.timestep_spikes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_spikes IS 'Element t: spikes of all LIF groups in time step t alone.';


--
-- Name: COLUMN predictions.timestep_synops; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_synops IS 'Element t: synaptic operations of all layers in time step t alone.';



--
-- Name: runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.runs (
    run_id bigint NOT NULL,
    model_id bigint NOT NULL,
    dataset_id bigint NOT NULL,
    timesteps integer NOT NULL,
    engine text NOT NULL,
    preprocessing text NOT NULL,
    pixel_limit bigint NOT NULL,
    version text NOT NULL,
    shard_size integer NOT NULL,
    images_expected integer NOT NULL,
    max_attempts integer NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    submitted_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT runs_images_expected_check CHECK ((images_expected > 0)),
    CONSTRAINT runs_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT runs_shard_size_check CHECK ((shard_size > 0)),
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'finished'::text, 'cancelled'::text]))),
    CONSTRAINT runs_timesteps_check CHECK (((timesteps >= 1) AND (timesteps <= 1024)))
);


--
-- Name: anytime_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.anytime_accuracy AS
 SELECT r.run_id,
    t.timestep,
    p.images,
    p.top1_correct,
    ((p.top1_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top1_accuracy,
    p.top5_correct,
    ((p.top5_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top5_accuracy,
    p.spikes_per_image,
    p.synops_per_image
   FROM ((public.runs r
     CROSS JOIN LATERAL generate_series(1, r.timesteps) t(timestep))
     CROSS JOIN LATERAL ( SELECT count(*) AS images,
            count(*) FILTER (WHERE (predictions.timestep_label_rank[t.timestep] < 1)) AS top1_correct,
            count(*) FILTER (WHERE (predictions.timestep_label_rank[t.timestep] < 5)) AS top5_correct,
            (avg(( SELECT sum(s.s) AS sum
                   FROM unnest(predictions.timestep_spikes[1:t.timestep]) s(s))))::double precision AS spikes_per_image,
            (avg(( SELECT sum(s.s) AS sum
                   FROM unnest(predictions.timestep_synops[1:t.timestep]) s(s))))::double precision AS synops_per_image
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)) p);


--
-- Name: VIEW anytime_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.anytime_accuracy IS 'What a run with only so many time steps would have predicted, and what it would have cost.';


--
-- Name: certificates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.certificates (
    model_sha256 bytea NOT NULL,
    engine text NOT NULL,
    timesteps integer NOT NULL,
    version text NOT NULL,
    grade text NOT NULL,
    equal_to_engine boolean,
    certificate jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT certificates_engine_check CHECK ((engine <> ''::text)),
    CONSTRAINT certificates_grade_check CHECK ((grade = ANY (ARRAY['strict'::text, 'multiplying'::text, 'unproven'::text]))),
    CONSTRAINT certificates_model_sha256_check CHECK ((octet_length(model_sha256) = 32)),
    CONSTRAINT certificates_timesteps_check CHECK ((timesteps > 0)),
    CONSTRAINT certificates_version_check CHECK ((version <> ''::text))
);


--
-- Name: TABLE certificates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.certificates IS 'What was multiplied in a model''s inference, counted by evalctl audit; the newest of each engine, time steps and version.';


--
-- Name: COLUMN certificates.grade; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.grade IS 'strict: nothing after the first convolution; multiplying: something; unproven: the engine gave something else than what was counted.';


--
-- Name: COLUMN certificates.equal_to_engine; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.equal_to_engine IS 'Whether the counted run gave the engine''s spikes and logits; null where counts are derived.';


--
-- Name: COLUMN certificates.certificate; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.certificate IS 'The whole certificate, as evalctl audit --format json prints it.';


--
-- Name: checkpoint_chunks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_chunks (
    sha256 bytea NOT NULL,
    ordinal integer NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.checkpoint_chunks ALTER COLUMN data SET STORAGE EXTERNAL;


--
-- Name: TABLE checkpoint_chunks; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.checkpoint_chunks IS 'The checkpoint files themselves, cut into pieces, by the hash of the whole file.';


--
-- Name: dataset_classes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dataset_classes (
    dataset_id bigint NOT NULL,
    class integer NOT NULL,
    name text NOT NULL
);


--
-- Name: class_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.class_accuracy AS
 SELECT r.run_id,
    p.label AS class,
    c.name AS class_name,
    p.images,
    p.top1_correct,
    ((p.top1_correct)::double precision / (p.images)::double precision) AS top1_accuracy,
    p.top5_correct,
    ((p.top5_correct)::double precision / (p.images)::double precision) AS top5_accuracy
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT predictions.label,
            count(*) AS images,
            count(*) FILTER (WHERE (predictions.top5[1] = predictions.label)) AS top1_correct,
            count(*) FILTER (WHERE (predictions.label = ANY (predictions.top5))) AS top5_correct
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)
          GROUP BY predictions.label) p)
     LEFT JOIN public.dataset_classes c ON (((c.dataset_id = r.dataset_id) AND (c.class = p.label))));


--
-- Name: confusion; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.confusion AS
 SELECT r.run_id,
    p.label,
    l.name AS label_name,
    p.predicted,
    g.name AS predicted_name,
    p.images
   FROM (((public.runs r
     CROSS JOIN LATERAL ( SELECT predictions.label,
            predictions.top5[1] AS predicted,
            count(*) AS images
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)
          GROUP BY predictions.label, predictions.top5[1]) p)
     LEFT JOIN public.dataset_classes l ON (((l.dataset_id = r.dataset_id) AND (l.class = p.label))))
     LEFT JOIN public.dataset_classes g ON (((g.dataset_id = r.dataset_id) AND (g.class = p.predicted))));


--
-- Name: datasets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.datasets (
    dataset_id bigint NOT NULL,
    name text NOT NULL,
    root text NOT NULL,
    labels text NOT NULL,
    images integer NOT NULL,
    classes integer NOT NULL,
    manifest_sha256 bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT datasets_classes_check CHECK ((classes > 0)),
    CONSTRAINT datasets_images_check CHECK ((images > 0)),
    CONSTRAINT datasets_manifest_sha256_check CHECK ((length(manifest_sha256) = 32)),
    CONSTRAINT datasets_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text))
);


--
-- Name: TABLE datasets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.datasets IS 'Image data sets by name and manifest; the newest row of a name is the one a new run takes.';


--
-- Name: datasets_dataset_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.datasets ALTER COLUMN dataset_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.datasets_dataset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: image_failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_failures (
    run_id bigint NOT NULL,
    ordinal integer NOT NULL,
    shard integer NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    worker_id bigint,
    failed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: images; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.images (
    dataset_id bigint NOT NULL,
    ordinal integer NOT NULL,
    path text NOT NULL,
    label integer NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    CONSTRAINT images_sha256_check CHECK ((length(sha256) = 32))
);


--
-- Name: TABLE images; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.images IS 'The manifest: one row an image, in the order every report and export keeps.';


--
-- Name: workers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workers (
    worker_id bigint NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    version text NOT NULL,
    instruction_set text NOT NULL,
    threads integer NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    images_per_second double precision DEFAULT 0 NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_heartbeat_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workers_state_check CHECK ((state = ANY (ARRAY['running'::text, 'draining'::text, 'stopped'::text])))
);


--
-- Name: failures; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.failures AS
 SELECT f.run_id,
    f.ordinal,
    i.path,
    i.label,
    f.code,
    f.message,
    w.host,
    f.failed_at
   FROM (((public.image_failures f
     JOIN public.runs r USING (run_id))
     JOIN public.images i ON (((i.dataset_id = r.dataset_id) AND (i.ordinal = f.ordinal))))
     LEFT JOIN public.workers w USING (worker_id));


--
-- Name: VIEW failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.failures IS 'Images of a run that have no prediction, and why.';


--
-- Name: layer_activity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.layer_activity (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    layer integer NOT NULL,
    timestep integer NOT NULL,
    images integer NOT NULL,
    spikes bigint NOT NULL,
    neurons bigint NOT NULL,
    synops bigint NOT NULL
)
PARTITION BY LIST (run_id);


--
-- Name: TABLE layer_activity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.layer_activity IS 'Sums over a shard''s images: spikes and neurons of a LIF group, synaptic operations of a synaptic layer.';


--
-- Name: model_layers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_layers (
    model_id bigint NOT NULL,
    layer integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    neurons bigint NOT NULL,
    CONSTRAINT model_layers_kind_check CHECK ((kind = ANY (ARRAY['lif'::text, 'synapse'::text])))
);


--
-- Name: TABLE model_layers; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.model_layers IS 'LIF groups and synaptic layers of a model, in the order of the data; neurons per image (a synaptic layer''s inputs).';


--
-- Name: firing_rates; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.firing_rates AS
 SELECT r.run_id,
    l.layer,
    l.name,
    a.timestep,
    a.images,
    a.spikes,
    a.neurons,
    ((a.spikes)::double precision / (NULLIF(a.neurons, 0))::double precision) AS firing_rate
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT layer_activity.layer,
            layer_activity.timestep,
            sum(layer_activity.images) AS images,
            (sum(layer_activity.spikes))::bigint AS spikes,
            (sum(layer_activity.neurons))::bigint AS neurons
           FROM public.layer_activity
          WHERE (layer_activity.run_id = r.run_id)
          GROUP BY layer_activity.layer, layer_activity.timestep) a)
     JOIN public.model_layers l ON (((l.model_id = r.model_id) AND (l.layer = a.layer) AND (l.kind = 'lif'::text))));


--
-- Name: VIEW firing_rates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.firing_rates IS 'Spikes per neuron, by LIF group and time step, over all images.';


--
-- Name: latency_percentiles; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.latency_percentiles AS
 SELECT r.run_id,
    q.phase,
    q.percentiles[1] AS p50_us,
    q.percentiles[2] AS p90_us,
    q.percentiles[3] AS p99_us,
    q.percentiles[4] AS max_us
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY predictions.decode_us) AS decode,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY predictions.preprocess_us) AS preprocess,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY predictions.inference_us) AS inference,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY predictions.total_us) AS total
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)) p)
     CROSS JOIN LATERAL ( VALUES (1,'decode'::text,p.decode), (2,'preprocess'::text,p.preprocess), (3,'inference'::text,p.inference), (4,'total'::text,p.total)) q("position", phase, percentiles))
  WHERE (q.percentiles IS NOT NULL);


--
-- Name: VIEW latency_percentiles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.latency_percentiles IS 'Microseconds per image and phase, one worker thread.';


--
-- Name: message_failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.message_failures (
    message_failure_id bigint NOT NULL,
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    message text NOT NULL,
    worker_id bigint,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE message_failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.message_failures IS 'Job messages that could not be read, and were skipped.';


--
-- Name: message_failures_message_failure_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.message_failures ALTER COLUMN message_failure_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.message_failures_message_failure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: models; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.models (
    model_id bigint NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    format text NOT NULL,
    bytes bigint NOT NULL,
    architecture jsonb NOT NULL,
    parameters bigint NOT NULL,
    paper_name text,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT models_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT models_format_check CHECK ((format = ANY (ARRAY['torch'::text, 'safetensors'::text]))),
    CONSTRAINT models_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text)),
    CONSTRAINT models_sha256_check CHECK ((length(sha256) = 32))
);


--
-- Name: TABLE models; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.models IS 'Checkpoints by name; the newest row of a name is the one a new run takes.';


--
-- Name: models_model_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.models ALTER COLUMN model_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.models_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: shards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shards (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    first_ordinal integer NOT NULL,
    image_count integer NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    claimed_at timestamp with time zone,
    lease_token uuid,
    lease_expires_at timestamp with time zone,
    worker_id bigint,
    speculative boolean DEFAULT false NOT NULL,
    split_from integer,
    finished_at timestamp with time zone,
    CONSTRAINT shards_image_count_check CHECK ((image_count > 0)),
    CONSTRAINT shards_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'published'::text, 'running'::text, 'done'::text, 'split'::text, 'dead'::text])))
);


--
-- Name: COLUMN shards.lease_token; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.lease_token IS 'Proof of the claim. It stays after the store, so that a worker whose COMMIT went unanswered can tell.';


--
-- Name: progress; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.progress AS
 SELECT r.run_id,
    m.name AS model,
    d.name AS dataset,
    r.state,
    r.priority,
    r.images_expected,
    s.images_done,
    (r.images_expected - s.images_done) AS images_left,
    ((s.images_done)::double precision / (r.images_expected)::double precision) AS fraction,
    s.shards,
    s.shards_pending,
    s.shards_published,
    s.shards_running,
    s.shards_done,
    s.shards_dead,
    r.submitted_at,
    r.started_at,
    r.finished_at,
    ((s.images_done)::double precision / (NULLIF(EXTRACT(epoch FROM (COALESCE(r.finished_at, now()) - r.started_at)), (0)::numeric))::double precision) AS images_per_second
   FROM (((public.runs r
     JOIN public.models m USING (model_id))
     JOIN public.datasets d USING (dataset_id))
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(shards.image_count) FILTER (WHERE (shards.state = ANY (ARRAY['done'::text, 'dead'::text]))), (0)::bigint))::integer AS images_done,
            count(*) FILTER (WHERE (shards.state <> 'split'::text)) AS shards,
            count(*) FILTER (WHERE (shards.state = 'pending'::text)) AS shards_pending,
            count(*) FILTER (WHERE (shards.state = 'published'::text)) AS shards_published,
            count(*) FILTER (WHERE (shards.state = 'running'::text)) AS shards_running,
            count(*) FILTER (WHERE (shards.state = 'done'::text)) AS shards_done,
            count(*) FILTER (WHERE (shards.state = 'dead'::text)) AS shards_dead
           FROM public.shards
          WHERE (shards.run_id = r.run_id)) s);


--
-- Name: VIEW progress; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.progress IS 'One row a run: shards by state, images done, images per second since it started.';


--
-- Name: reports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reports (
    run_id bigint NOT NULL,
    report jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE reports; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.reports IS 'What a run came to, as the coordinator saw it when the run ended.';


--
-- Name: run_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.run_accuracy AS
 SELECT r.run_id,
    m.name AS model,
    d.name AS dataset,
    r.engine,
    r.timesteps,
    r.state,
    r.images_expected,
    p.evaluated AS images_evaluated,
    f.failed AS images_failed,
    ((r.state = 'finished'::text) AND (p.evaluated = r.images_expected)) AS complete,
    p.top1_correct,
    ((p.top1_correct)::double precision / (NULLIF(p.evaluated, 0))::double precision) AS top1_accuracy,
    p.top5_correct,
    ((p.top5_correct)::double precision / (NULLIF(p.evaluated, 0))::double precision) AS top5_accuracy
   FROM ((((public.runs r
     JOIN public.models m USING (model_id))
     JOIN public.datasets d USING (dataset_id))
     CROSS JOIN LATERAL ( SELECT count(*) AS evaluated,
            count(*) FILTER (WHERE (predictions.top5[1] = predictions.label)) AS top1_correct,
            count(*) FILTER (WHERE (predictions.label = ANY (predictions.top5))) AS top5_correct
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)) p)
     CROSS JOIN LATERAL ( SELECT count(*) AS failed
           FROM public.image_failures
          WHERE (image_failures.run_id = r.run_id)) f);


--
-- Name: VIEW run_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.run_accuracy IS 'One row a run: images counted, top-1 and top-5. Accuracies are over the evaluated images.';


--
-- Name: runs_run_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.runs ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.runs_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: shard_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shard_attempts (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    attempt integer NOT NULL,
    worker_id bigint,
    outcome text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    claimed_at timestamp with time zone,
    ended_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT shard_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['expired'::text, 'failed'::text])))
);


--
-- Name: TABLE shard_attempts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.shard_attempts IS 'Attempts that did not end in a store, and why.';


--
-- Name: synaptic_operations; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.synaptic_operations AS
 SELECT r.run_id,
    l.layer,
    l.name,
    a.timestep,
    a.images,
    a.synops,
    ((a.synops)::double precision / (NULLIF(a.images, 0))::double precision) AS synops_per_image
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT layer_activity.layer,
            layer_activity.timestep,
            sum(layer_activity.images) AS images,
            (sum(layer_activity.synops))::bigint AS synops
           FROM public.layer_activity
          WHERE (layer_activity.run_id = r.run_id)
          GROUP BY layer_activity.layer, layer_activity.timestep) a)
     JOIN public.model_layers l ON (((l.model_id = r.model_id) AND (l.layer = a.layer) AND (l.kind = 'synapse'::text))));


--
-- Name: VIEW synaptic_operations; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.synaptic_operations IS 'Weights added because a spike arrived, by synaptic layer and time step, over all images.';


--
-- Name: workers_worker_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.workers ALTER COLUMN worker_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workers_worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: certificates certificates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (model_sha256, engine, timesteps, version);


--
-- Name: checkpoint_chunks checkpoint_chunks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_chunks
    ADD CONSTRAINT checkpoint_chunks_pkey PRIMARY KEY (sha256, ordinal);


--
-- Name: dataset_classes dataset_classes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset_classes
    ADD CONSTRAINT dataset_classes_pkey PRIMARY KEY (dataset_id, class);


--
-- Name: datasets datasets_name_manifest_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.datasets
    ADD CONSTRAINT datasets_name_manifest_sha256_key UNIQUE (name, manifest_sha256);


--
-- Name: datasets datasets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.datasets
    ADD CONSTRAINT datasets_pkey PRIMARY KEY (dataset_id);


--
-- Name: image_failures image_failures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: images images_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_pkey PRIMARY KEY (dataset_id, ordinal);


--
-- Name: layer_activity layer_activity_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.layer_activity
    ADD CONSTRAINT layer_activity_pkey PRIMARY KEY (run_id, shard, layer, timestep);


--
-- Name: message_failures message_failures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_failures
    ADD CONSTRAINT message_failures_pkey PRIMARY KEY (message_failure_id);


--
-- Name: message_failures message_failures_topic_kafka_partition_kafka_offset_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_failures
    ADD CONSTRAINT message_failures_topic_kafka_partition_kafka_offset_key UNIQUE (topic, kafka_partition, kafka_offset);


--
-- Name: model_layers model_layers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_layers
    ADD CONSTRAINT model_layers_pkey PRIMARY KEY (model_id, layer);


--
-- Name: models models_name_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_name_sha256_key UNIQUE (name, sha256);


--
-- Name: models models_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (model_id);


--
-- Name: predictions predictions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.predictions
    ADD CONSTRAINT predictions_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: reports reports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (run_id);


--
-- Name: runs runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (run_id);


--
-- Name: shard_attempts shard_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_pkey PRIMARY KEY (run_id, shard, attempt);


--
-- Name: shards shards_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_pkey PRIMARY KEY (run_id, shard);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker_id);


--
-- Name: runs_unfinished; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_unfinished ON public.runs USING btree (priority DESC, run_id) WHERE (state = ANY (ARRAY['running'::text, 'paused'::text]));


--
-- Name: shards_out; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_out ON public.shards USING btree (state, run_id, shard) WHERE (state = ANY (ARRAY['published'::text, 'running'::text]));


--
-- Name: shards_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_waiting ON public.shards USING btree (run_id, shard) WHERE (state = 'pending'::text);


--
-- Name: dataset_classes dataset_classes_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset_classes
    ADD CONSTRAINT dataset_classes_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: image_failures image_failures_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: image_failures image_failures_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: images images_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: message_failures message_failures_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_failures
    ADD CONSTRAINT message_failures_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: model_layers model_layers_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_layers
    ADD CONSTRAINT model_layers_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id) ON DELETE CASCADE;


--
-- Name: reports reports_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: runs runs_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id);


--
-- Name: runs runs_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id);


--
-- Name: shard_attempts shard_attempts_run_id_shard_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_run_id_shard_fkey FOREIGN KEY (run_id, shard) REFERENCES public.shards(run_id, shard) ON DELETE CASCADE;


--
-- Name: shard_attempts shard_attempts_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: shards shards_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: shards shards_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO evalctl_owner;
GRANT USAGE ON SCHEMA public TO evalctl_worker;
GRANT USAGE ON SCHEMA public TO evalctl_coordinator;
GRANT USAGE ON SCHEMA public TO evalctl_reader;


--
-- Name: FUNCTION create_run_partitions(run bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.create_run_partitions(run bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_run_partitions(run bigint) TO evalctl_owner;
GRANT ALL ON FUNCTION public.create_run_partitions(run bigint) TO evalctl_coordinator;


--
-- Name: TABLE predictions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.predictions TO evalctl_owner;
GRANT SELECT ON TABLE public.predictions TO evalctl_coordinator;
GRANT SELECT ON TABLE public.predictions TO evalctl_reader;
GRANT INSERT ON TABLE public.predictions TO evalctl_worker;


--
-- Name: TABLE runs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.runs TO evalctl_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE public.runs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.runs TO evalctl_reader;
GRANT SELECT ON TABLE public.runs TO evalctl_worker;


--
-- Name: COLUMN runs.started_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(started_at) ON TABLE public.runs TO evalctl_worker;


--
-- Name: TABLE anytime_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.anytime_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.anytime_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.anytime_accuracy TO evalctl_reader;


--
-- Name: TABLE certificates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.certificates TO evalctl_owner;
GRANT SELECT ON TABLE public.certificates TO evalctl_coordinator;
GRANT SELECT ON TABLE public.certificates TO evalctl_reader;


--
-- Name: TABLE checkpoint_chunks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.checkpoint_chunks TO evalctl_owner;
GRANT SELECT ON TABLE public.checkpoint_chunks TO evalctl_coordinator;
GRANT SELECT ON TABLE public.checkpoint_chunks TO evalctl_worker;


--
-- Name: TABLE dataset_classes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dataset_classes TO evalctl_owner;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_coordinator;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_reader;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_worker;


--
-- Name: TABLE class_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.class_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.class_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.class_accuracy TO evalctl_reader;


--
-- Name: TABLE confusion; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.confusion TO evalctl_owner;
GRANT SELECT ON TABLE public.confusion TO evalctl_coordinator;
GRANT SELECT ON TABLE public.confusion TO evalctl_reader;


--
-- Name: TABLE datasets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.datasets TO evalctl_owner;
GRANT SELECT ON TABLE public.datasets TO evalctl_coordinator;
GRANT SELECT ON TABLE public.datasets TO evalctl_reader;
GRANT SELECT ON TABLE public.datasets TO evalctl_worker;


--
-- Name: TABLE image_failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.image_failures TO evalctl_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE public.image_failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.image_failures TO evalctl_reader;
GRANT INSERT ON TABLE public.image_failures TO evalctl_worker;


--
-- Name: TABLE images; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.images TO evalctl_owner;
GRANT SELECT ON TABLE public.images TO evalctl_coordinator;
GRANT SELECT ON TABLE public.images TO evalctl_reader;
GRANT SELECT ON TABLE public.images TO evalctl_worker;


--
-- Name: TABLE workers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO evalctl_owner;
GRANT SELECT ON TABLE public.workers TO evalctl_coordinator;
GRANT SELECT ON TABLE public.workers TO evalctl_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.workers TO evalctl_worker;


--
-- Name: TABLE failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.failures TO evalctl_owner;
GRANT SELECT ON TABLE public.failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.failures TO evalctl_reader;


--
-- Name: TABLE layer_activity; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.layer_activity TO evalctl_owner;
GRANT SELECT ON TABLE public.layer_activity TO evalctl_coordinator;
GRANT SELECT ON TABLE public.layer_activity TO evalctl_reader;
GRANT INSERT ON TABLE public.layer_activity TO evalctl_worker;


--
-- Name: TABLE model_layers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.model_layers TO evalctl_owner;
GRANT SELECT ON TABLE public.model_layers TO evalctl_coordinator;
GRANT SELECT ON TABLE public.model_layers TO evalctl_reader;
GRANT SELECT ON TABLE public.model_layers TO evalctl_worker;


--
-- Name: TABLE firing_rates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.firing_rates TO evalctl_owner;
GRANT SELECT ON TABLE public.firing_rates TO evalctl_coordinator;
GRANT SELECT ON TABLE public.firing_rates TO evalctl_reader;


--
-- Name: TABLE latency_percentiles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.latency_percentiles TO evalctl_owner;
GRANT SELECT ON TABLE public.latency_percentiles TO evalctl_coordinator;
GRANT SELECT ON TABLE public.latency_percentiles TO evalctl_reader;


--
-- Name: TABLE message_failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_failures TO evalctl_owner;
GRANT SELECT ON TABLE public.message_failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.message_failures TO evalctl_reader;
GRANT INSERT ON TABLE public.message_failures TO evalctl_worker;


--
-- Name: TABLE models; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.models TO evalctl_owner;
GRANT SELECT ON TABLE public.models TO evalctl_coordinator;
GRANT SELECT ON TABLE public.models TO evalctl_reader;
GRANT SELECT ON TABLE public.models TO evalctl_worker;


--
-- Name: TABLE shards; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shards TO evalctl_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE public.shards TO evalctl_coordinator;
GRANT SELECT ON TABLE public.shards TO evalctl_reader;
GRANT SELECT ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.state; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(state) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.attempt; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(attempt) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.not_before; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(not_before) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.claimed_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(claimed_at) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.lease_token; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(lease_token) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.lease_expires_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(lease_expires_at) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.worker_id; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(worker_id) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.finished_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(finished_at) ON TABLE public.shards TO evalctl_worker;


--
-- Name: TABLE progress; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.progress TO evalctl_owner;
GRANT SELECT ON TABLE public.progress TO evalctl_coordinator;
GRANT SELECT ON TABLE public.progress TO evalctl_reader;


--
-- Name: TABLE reports; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reports TO evalctl_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE public.reports TO evalctl_coordinator;
GRANT SELECT ON TABLE public.reports TO evalctl_reader;


--
-- Name: TABLE run_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.run_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.run_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.run_accuracy TO evalctl_reader;


--
-- Name: TABLE shard_attempts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shard_attempts TO evalctl_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE public.shard_attempts TO evalctl_coordinator;
GRANT SELECT ON TABLE public.shard_attempts TO evalctl_reader;
GRANT INSERT ON TABLE public.shard_attempts TO evalctl_worker;


--
-- Name: TABLE synaptic_operations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.synaptic_operations TO evalctl_owner;
GRANT SELECT ON TABLE public.synaptic_operations TO evalctl_coordinator;
GRANT SELECT ON TABLE public.synaptic_operations TO evalctl_reader;


--
-- PostgreSQL database dump complete
--


