// Command kratos is Ory Kratos as its Go module gives it: what bench/peers measures beside Central.
package main

import (
	"os"

	"github.com/ory/kratos/cmd"
)

func main() { os.Exit(cmd.Execute()) }
