package kyc

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the .json of each .yaml anew")

// People write YAML. Functions read JSON: a reader of YAML would cost each of them 0.3 MB, and time at every start.
func TestWhatFunctionsReadIsWhatPeopleWrote(t *testing.T) {
	written, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	versions, err := filepath.Glob("catalogue/*.yaml")
	if err != nil || len(written) < 3 || len(versions) < 2 {
		t.Fatalf("%q, %q, %v", written, versions, err)
	}
	for _, file := range append(written, versions...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := fromYAML(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		target := strings.TrimSuffix(file, ".yaml") + ".json"
		if *update {
			if err := os.WriteFile(target, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what %s says: go test ./shared/kyc -run Wrote -update (%v)", target, file, err)
		}
	}
	read, err := filepath.Glob("catalogue/*.json")
	if err != nil || len(read) != len(versions) {
		t.Errorf("%q is read, %q was written", read, versions)
	}
}

// fromYAML makes JSON of one document.
func fromYAML(text []byte) ([]byte, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var all any
	if err := dec.Decode(&all); err != nil {
		return nil, err
	}
	if dec.Decode(new(any)) != io.EOF {
		return nil, errors.New("more than one document")
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(all)
	return out.Bytes(), err
}
