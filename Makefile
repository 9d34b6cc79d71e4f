# Everything that is done often. Only Go, make and git are needed; `make test` brings the rest.
# The gate is built and not `go run`, so that Ctrl-C and a stop reach it and it can put its PostgreSQL away.

export CGO_ENABLED = 0
LISTEN = 127.0.0.1:8080

.PHONY: run test bench load generate assets demo build pg op pictures

run: build  ## Ajar with the demo cluster on http://127.0.0.1:8080
	./ajar serve --listen $(LISTEN) --demo

test: bin/gate  ## the whole gate; a part of it: make test ONLY=vet,store
	@exec bin/gate $(if $(ONLY),--only $(ONLY))

pg: bin/gate  ## a throw-away PostgreSQL for single tests
	@exec bin/gate pg

op: bin/gate  ## a throw-away OpenID Connect provider for single tests (needs Node)
	@exec bin/gate op

build:
	go build -buildvcs=false -trimpath -ldflags '-s -w' -o ajar ./cmd/ajar

demo: build  ## load the demo cluster into ./data
	./ajar demo --data ./data

bench:  ## product, ceiling and ratio of each budget
	@go build -buildvcs=false -o bin/gate ./tools/gate
	@bin/gate bench -run '^$$' -bench . ./test/bench/...

load:  ## 10,000 adults open their link within a minute, and 2,000 parents answer within ten while the server is killed; needs a machine that does nothing else
	@go build -buildvcs=false -o bin/gate ./tools/gate
	@bin/gate bench -run '^$$' -bench Families -benchtime 1x ./test/bench
	@bin/gate bench -run '^$$' -bench ParentsAnswer -benchtime 1x -timeout 60m ./test/rush

generate:  ## make the pages' Go code from their .templ sources
	go tool templ generate

assets:  ## make the committed style sheet, script and fonts again (needs Node)
	$(MAKE) -C tools/assets assets

pictures:  ## make the pictures in the documents again
	AJAR_PICTURES=1 go test -count=1 ./test/journeys/...

.PHONY: bin/gate
bin/gate:
	@go build -buildvcs=false -o bin/gate ./tools/gate
