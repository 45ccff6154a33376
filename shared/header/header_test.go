package header

import "testing"

func TestGzipIsSentToThoseWhoTakeIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  bool
	}{
		{"who names it takes it", []string{"gzip"}, true},
		{"who names it among others takes it", []string{"br, gzip;q=0.8, deflate"}, true},
		{"its old name is the same", []string{"x-gzip"}, true},
		{"case does not matter, in the name and in the weight", []string{"GZip;Q=0.5"}, true},
		{"blanks and tabs around do not matter", []string{" \tgzip \t;\tq=0.5 "}, true},
		{"a second line counts", []string{"br", "gzip"}, true},
		{"who takes everything takes it", []string{"*"}, true},
		{"who takes nothing but codings takes it", []string{"identity;q=0, *"}, true},
		{"it wins over no coding where both weigh the same", []string{"gzip;q=0.5, identity;q=0.5"}, true},
		{"it wins over no coding that weighs less", []string{"identity;q=0.4, gzip;q=0.5"}, true},
		{"the least weight is one", []string{"gzip;q=0.001"}, true},
		{"empty elements of the list are none", []string{", ,gzip,,"}, true},

		{"who says nothing gets it plain", nil, false},
		{"who sends the field empty gets it plain", []string{""}, false},
		{"weight 0 is no", []string{"gzip;q=0"}, false},
		{"weight 0 is no with any number of decimals", []string{"gzip;q=0.000"}, false},
		{"weight 0 of the old name is no", []string{"x-gzip;q=0"}, false},
		{"no to it stands against yes to the rest", []string{"gzip;q=0, *"}, false},
		{"no to everything is no", []string{"*;q=0"}, false},
		{"no to everything, in a second line", []string{"gzip;q=0", "*;q=0"}, false},
		{"who takes others only does not", []string{"br, deflate, zstd"}, false},
		{"who takes no coding only does not", []string{"identity"}, false},
		{"no coding that weighs more wins", []string{"gzip;q=0.5, identity"}, false},
		{"no coding that weighs more wins over everything else", []string{"*;q=0.5, identity;q=1"}, false},
		{"no to no coding does not make it a yes", []string{"identity;q=0"}, false},
		{"another name that has it inside is another", []string{"notgzip, gzipped"}, false},
		{"a weight above 1 cannot be read", []string{"gzip;q=2"}, false},
		{"a weight below 0 cannot be read", []string{"gzip;q=-1"}, false},
		{"a weight of four decimals cannot be read", []string{"gzip;q=0.0001"}, false},
		{"a weight that is no number cannot be read", []string{"gzip;q=x"}, false},
		{"no weight after the sign cannot be read", []string{"gzip;q="}, false},
		{"other parameters cannot be read", []string{"gzip;level=9"}, false},
		{"a blank of another kind is part of the name", []string{"\u00a0gzip"}, false},
	} {
		if got := Gzip(c.lines); got != c.want {
			t.Errorf("%s: %q gives %v", c.name, c.lines, got)
		}
	}
}

func TestEntityTagsAreFoundInLists(t *testing.T) {
	for _, c := range []struct {
		name         string
		lines        []string
		tag          string
		weak, strong bool
	}{
		{"the tag", []string{`"7"`}, `"7"`, true, true},
		{"the tag in a list", []string{`"6", "7" ,	"8"`}, `"7"`, true, true},
		{"the tag in a second line", []string{`"6"`, `"7"`}, `"7"`, true, true},
		{"whatever there is", []string{"*"}, `"7"`, true, true},
		{"the tag as a weak one", []string{`W/"7"`}, `"7"`, true, false},
		{"the weak tag of a list", []string{`"6",W/"7"`}, `"7"`, true, false},
		{"a tag that is weak itself", []string{`"7"`}, `W/"7"`, true, false},
		{"both weak", []string{`W/"7"`}, `W/"7"`, true, false},
		{"another tag", []string{`"17"`}, `"7"`, false, false},
		{"a list without it", []string{`"6", W/"17"`}, `"7"`, false, false},
		{"a tag without its quotes", []string{`7`}, `"7"`, false, false},
		{"a small w is no mark", []string{`w/"7"`}, `"7"`, false, false},
		{"a mark twice is none", []string{`W/W/"7"`}, `"7"`, false, false},
		{"a star in quotes is a tag", []string{`"*"`}, `"7"`, false, false},
		{"nothing", nil, `"7"`, false, false},
		{"an empty line", []string{""}, `"7"`, false, false},
		{"a blank of another kind is no blank", []string{"\u00a0\"7\""}, `"7"`, false, false},
	} {
		if weak, strong := Lists(c.lines, c.tag), ListsStrongly(c.lines, c.tag); weak != c.weak || strong != c.strong {
			t.Errorf("%s: %q has %s: weakly %v, strongly %v", c.name, c.lines, c.tag, weak, strong)
		}
	}
}

func TestOnlySpacesAndTabsStandAroundAValue(t *testing.T) {
	for given, want := range map[string]string{" \t a b\t ": "a b", "\u00a0a": "\u00a0a", "a\u2003": "a\u2003", "\u0085": "\u0085", "\r\na": "\r\na", " ": ""} {
		if got := Trim(given); got != want {
			t.Errorf("%q became %q", given, got)
		}
	}
}
