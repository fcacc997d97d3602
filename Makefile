.DEFAULT_GOAL := help
SHELL := /bin/bash

# What is tested is what is shipped.
SWIFT_FLAGS := $(shell ops/release-flags)
export EVALCTL_VERSION := $(shell ops/version)
BIN := .build/release

.PHONY: help setup setup-tests setup-dist build test test-export demo chaos dist image test-packages test-fleet lint format bench

help: ## list what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: ## install the Debian packages that are missing
	@ops/setup

setup-tests:
	@ops/setup --tests

setup-dist:
	@ops/setup --dist

build: setup ## build the programs
	swift build $(SWIFT_FLAGS)

test: setup-tests ## build and run every test
	@ops/check-targets
	swift build $(SWIFT_FLAGS) --build-tests
	@set -o pipefail; swift test $(SWIFT_FLAGS) --skip-build 2>&1 | tee .build/test.log || { echo 'These failed:'; grep '^✘' .build/test.log; exit 1; }

test-export: ## test the exporter of network descriptions, with PyTorch in a virtual environment
	@ops/test-export

demo: build ## evaluate the demo network on the demo images and print the report
	@ops/demo

# How long faults happen, and the seed of their plan.
MINUTES := 3
SEED := 1
# What its jobs travel through: postgres or kafka.
TRANSPORT := postgres

chaos: build ## let a fleet work for three minutes while everything fails at random (MINUTES=30 SEED=7 TRANSPORT=kafka)
	$(BIN)/eval-lab chaos --seed $(SEED) --minutes $(MINUTES) --transport $(TRANSPORT)

dist: build setup-dist ## lay tarball, Debian packages, bill of materials and checksums into dist
	@ops/dist dist

image: dist ## lay an OCI image archive into dist, from the packages
	@ops/container/build dist
	@ops/check-image dist/evalctl-$(EVALCTL_VERSION)-oci.tar

test-packages: dist ## install, run, upgrade and purge the packages in a folder with a Debian of its own
	@ops/test-packages dist

test-fleet: dist ## a day in the life of a fleet on hosts made of network namespaces, from the packages
	@ops/test-fleet dist

lint: ## check format, the target graph and the language settings
	@ops/check-targets
	swift format lint --strict --recursive Sources Tests Package.swift

format: ## format all Swift sources in place
	swift format --in-place --recursive Sources Tests Package.swift

bench: build ## time preprocessing and the engines against what the machine can do
	$(BIN)/eval-lab bench preprocess Tests/Fixtures/golden/preprocess/images/baseline_420.jpg
	@ops/bench-engine
