package main

import (
	"errors"
	"os"

	"phonon.in/central/shared/lambda"
)

func main() {
	lambda.Start(func(e lambda.Event) ([]byte, error) {
		f, err := os.OpenFile(os.Getenv("OUT"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		f.Write(append(e.Payload, '\n'))
		if _, err := os.Stat(os.Getenv("OUT") + ".fail"); err == nil {
			return nil, errors.New("asked to fail")
		}
		return []byte("null"), nil
	})
}
