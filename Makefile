# Every target is for people; CI calls the same ones. `make` alone lists them.

# For the architecture of template.yaml; sam local builds for that of the machine. Without the commit in it: a function is deployed
# again when its code has changed, and only then.
ARCH ?= arm64
GO_BUILD = CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -tags lambda.norpc -trimpath -buildvcs=false -ldflags="-s -w"
FUNCTIONS := signup verify login account otp kyc intake notify feedback web
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help clients run sam-local central test corpus test-pages test-sam-local lighthouse screens check tools build reproducible upgrade fmt clean golden

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: ## run Central on this machine: http://127.0.0.1:3000 (ARGS="--help" says more)
	@tools/install.sh dynoxide
	@go -C cmd/local build -o ../../.local/bin/local .
	@exec .local/bin/local $(ARGS)

sam-local: ## the same behind sam local, in Lambda's containers (needs Docker: tools/docker.sh)
	@tools/sam-local.sh

central: ## build the operator's command line: .local/bin/central --help
	@go -C cmd/central build -o ../../.local/bin/central .

test: ## install what the tests need and run all of them with the race detector
	@tools/install.sh dynoxide
	@tools/install.sh dynamodb-local
	@tools/corpus.sh
	@tools/clients.sh python
	go -C cmd/local build -o ../../.local/bin/local .
	CENTRAL_ENGINES=required go -C cmd/local test -race ./...
	CENTRAL_ENGINES=required go -C cmd/central test -race ./...
	CENTRAL_ENGINES=required go test -race $$(go list ./... | grep -v -e /e2e$$ -e /storetest$$)
	# These load the machine on purpose: one after the other, so that none waits for the other's CPUs.
	CENTRAL_ENGINES=required go test -race -p 1 -timeout 20m ./shared/store/storetest ./e2e
	$(MAKE) test-pages

corpus: ## make the PDFs and pictures of a dozen kinds that the tests of shared/document judge
	@tools/corpus.sh

test-pages: ## the pages alone, in Chromium (/usr/bin/chromium, or CHROMIUM=...)
	@tools/install.sh pages
	cd e2e/browser && npx playwright test

test-sam-local: ## the tests of e2e behind sam local, the journeys first among them
	@tools/sam-local.sh test

lighthouse: ## Lighthouse on the pages of the journey: 100 in each category (performance at least 90 where the machine is busy)
	@tools/install.sh pages
	cd e2e/browser && node measure/lighthouse.mjs --runs 1 --performance 90

screens: ## pictures of every page into docs/screens
	@tools/install.sh pages
	cd e2e/browser && npm run screens

clients: ## make clients of the contract with three generators, compile and try them (.local/clients)
	@tools/clients.sh

check: ## format, vet, staticcheck, vulnerabilities, OpenAPI, template
	tools/check.sh

tools: ## install engines and linters into .local/tools
	tools/install.sh all

build: ## build the functions as for Lambda, into .local/build
	@for f in $(FUNCTIONS); do $(GO_BUILD) -o .local/build/$$f/bootstrap ./functions/$$f || exit 1; done
	@ls -l .local/build/*/bootstrap | awk '{printf "%8.2f MB  %s\n", $$5/1e6, $$9}'

reproducible: ## show that make build and sam build make the same binaries, whatever the folder and the cache
	@tools/reproducible.sh

upgrade: ## the last release and the sources here on one database, with every second request on the other
	@tools/upgrade.sh

fmt: ## format the Go sources
	gofmt -w $$(git ls-files '*.go')

golden: ## rewrite the golden files after a deliberate change
	go test ./shared/email -update

clean: ## remove binaries and data of the local run, but not the installed tools
	rm -rf .local/bin .local/build .local/s3 .local/events .local/dynamo.db* .local/messages.jsonl .aws-sam

# sam build calls these, one for each function of template.yaml.
build-%Function:
	$(GO_BUILD) -o $(ARTIFACTS_DIR)/bootstrap ./functions/$(shell echo $* | tr A-Z a-z)
