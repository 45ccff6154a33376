# Every target is for people; CI calls the same ones. `make` alone lists them.

# For the architecture of template.yaml; sam local builds for that of the machine. Without the commit in it: a function is deployed
# again when its code has changed, and only then. Without net/rpc, for which the linker keeps all methods, and without HTTP/2, which no
# function speaks (shared/awsenv).
ARCH ?= arm64
GO_BUILD = CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -tags lambda.norpc,nethttpomithttp2 -trimpath -buildvcs=false -ldflags="-s -w"
FUNCTIONS := signup verify login account factor oidc otp kyc papers review intake render notify clock feedback web
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help bench bench-quick clients fuzz mutate run sam-local central test corpus test-sameness test-e2e test-pages test-sam-local deploy-trial elsewhere lighthouse screens check tools build reproducible release-check upgrade fmt clean golden

help: ## list the targets
	@awk -F ':.*## ' 'function wanted() { return /^##@ / || /^[a-z-]+:.*## / } \
		NR == FNR { if (wanted() && length($$1) > longest && !/^##@/) longest = length($$1); next } \
		/^##@ / { print "\n" substr($$0, 5); next } \
		wanted() { printf "  %-" longest "s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST) $(MAKEFILE_LIST)

##@ Run it

run: ## Central on this machine: http://127.0.0.1:3000 (ARGS="--help" says more)
	@tools/run.sh $(ARGS)

sam-local: ## the same behind sam local, in Lambda's containers (needs Docker: tools/docker.sh)
	@tools/sam-local.sh

central: ## build the operator's command line: .local/bin/central --help
	@CGO_ENABLED=0 tools/go.sh "central" cmd/central build -v -trimpath -buildvcs=false "-ldflags=-s -w" -o $(CURDIR)/.local/bin/central .

##@ Try it

test: ## install what the tests need and run all of them with the race detector
	@tools/install.sh dynoxide
	@printf '%s\n' versitygw dynamodb-local clamav | xargs -n 1 -P 3 tools/install.sh
	@tools/corpus.sh
	@tools/clients.sh python
	@tools/install.sh examples
	@tools/go.sh "modules of the tests" . list -test -deps ./...
	@tools/go.sh "modules of central's tests" cmd/central list -test -deps ./...
	go build -o .local/bin/local ./cmd/local
	CENTRAL_ENGINES=required go test -race ./cmd/local/...
	CENTRAL_ENGINES=required go -C cmd/central test -race ./...
	go -C bench test -race ./...
	CGO_ENABLED=0 go -C examples/product test -trimpath ./...
	CENTRAL_ENGINES=required go test -race $$(go list ./... | grep -v -e /e2e$$ -e /storetest$$ -e /cmd/local)
	CENTRAL_ENGINES=required go test -race ./shared/store/storetest
	$(MAKE) test-sameness
	# e2e waits more than it works, for gaps between codes and for sweeps: the pages are tested meanwhile.
	$(MAKE) --jobs 2 --output-sync test-e2e test-pages

test-sameness: ## whether the time of an answer tells that an address has an account (nothing else may run meanwhile)
	CENTRAL_ENGINES=required CENTRAL_SAMENESS=1 go test -p 1 -count=1 -run ByNoTime -v ./functions/login ./functions/signup ./functions/account

test-e2e: ## the journeys over HTTP and what may go wrong on the way alone (what it needs is installed by make test)
	CENTRAL_ENGINES=required go test -race -timeout 30m ./e2e

test-pages: ## the pages alone, in Chromium (/usr/bin/chromium-headless-shell or chromium, or CHROMIUM=...)
	@tools/install.sh pages
	cd e2e/browser && npx playwright test

test-sam-local: ## the tests of e2e behind sam local, the journeys first among them
	@tools/sam-local.sh test

deploy-trial: ## sam deploy to an emulator of AWS, and everything that follows a deployment (ARGS="--help" says more)
	@tools/deploy-trial.sh $(ARGS)

elsewhere: ## the journeys with other implementations of AWS behind the functions, and the functions in another Lambda
	@tools/install.sh judges
	@tools/install.sh dynoxide
	@tools/install.sh versitygw
	go build -o .local/bin/local ./cmd/local
	@.local/tools/judges/bin/python tools/journey-elsewhere.py

corpus: ## make the PDFs and pictures of a dozen kinds that the tests of shared/document judge
	@tools/corpus.sh

fuzz: ## each fuzz target for 30 s, two at a time (TIME=5)
	@tools/fuzz.sh $(or $(TIME),30)

mutate: ## how many changes of the code its tests notice, by gremlins (PACKAGES="token phone")
	@tools/mutate.sh $(PACKAGES)

clients: ## make clients of the contract with three generators, compile and try them (.local/clients)
	@tools/clients.sh

check: ## format, vet, staticcheck, vulnerabilities, OpenAPI, template
	tools/check.sh

bench: ## measure everything anew into docs/performance.md, a quarter of an hour on a machine that does nothing else (ARGS="--help" says more)
	@tools/bench.sh $(ARGS)

bench-quick: ## the same figures in 3 minutes, shown here only
	@tools/bench.sh --quick $(ARGS)

lighthouse: ## Lighthouse on the pages of the journey: 100 in each category (performance at least 90 where the machine is busy)
	@tools/install.sh pages
	cd e2e/browser && node measure/lighthouse.mjs --runs 1 --performance 90

##@ Ship it

build: ## build the functions as for Lambda, into .local/build
	@for f in $(FUNCTIONS); do $(GO_BUILD) -o .local/build/$$f/bootstrap ./functions/$$f && chmod 755 .local/build/$$f/bootstrap || exit 1; done
	@ls -l .local/build/*/bootstrap | awk '{printf "%8.2f MB  %s\n", $$5/1e6, $$9}'

reproducible: ## show that make build and sam build make the same binaries, whatever the folder and the cache
	@tools/reproducible.sh

release-check: ## make a release of the sources here, unpack it, and package it as sam deploy does
	@tools/release-check.sh

upgrade: ## the last release and the sources here on one database, with every second request on the other
	@tools/upgrade.sh

##@ Keep it tidy

fmt: ## format the Go sources
	gofmt -w $$(git ls-files '*.go')

golden: ## rewrite the golden files after a deliberate change
	go test ./shared/email -update

screens: ## pictures of every page into docs/screens
	@tools/install.sh pages
	cd e2e/browser && npm run screens

tools: ## install engines and linters into .local/tools
	tools/install.sh all

clean: ## remove binaries and data of the local run, but not the installed tools
	rm -rf .local/bin .local/build .local/log .local/s3 .local/events .local/dynamo.db* .local/messages.jsonl .aws-sam

# sam build calls these, one for each function of template.yaml.
build-%Function:
	$(GO_BUILD) -o $(ARTIFACTS_DIR)/bootstrap ./functions/$(shell echo $* | tr A-Z a-z)
	chmod 755 $(ARTIFACTS_DIR)/bootstrap # whatever the umask: Lambda runs it as another user
