package apigw

import "testing"

func TestAFunctionWithTheTimeOfOneCPURunsOnOne(t *testing.T) {
	for memory, want := range map[string]int{"512": 1, "1769": 1, "1770": 0, "3008": 0, "": 0, "many": 0} {
		if got := processors(memory); got != want {
			t.Errorf("%q MB: %d, want %d", memory, got, want)
		}
	}
}
