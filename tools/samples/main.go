// Command samples serves the page that shows every component, for whoever works on the look of Ajar:
//
//	go run ./tools/samples -listen 127.0.0.1:8081
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"ajar/internal/ui"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to listen on")
	flag.Parse()
	server := &http.Server{Addr: *listen, Handler: ui.SamplesHandler(), ReadHeaderTimeout: 5 * time.Second}
	log.Printf("the samples are at http://%s/samples", *listen)
	log.Fatal(server.ListenAndServe())
}
