package document

import (
	"bytes"
	"slices"
)

// What pictures of the pages leave out, so that a reviewer is told: whatever acts by itself when the file is opened, runs a program, plays
// something, or fetches something from outside, and attachments. Not worth a word is what acts when a person clicks and stays in the file
// or opens a web address: a link, a bookmark, a button that resets a form; and an opening at a place in the file.
//
// The numbers are sections of ISO 32000-2; what it left out is in ISO 32000-1.

// activeActions count wherever they hang, also where a person must click (12.6.4). Of the others GoTo, GoToDp, URI, Named, ResetForm, Hide,
// SetOCGState, Thread, Trans and GoTo3DView are left.
var activeActions = []name{
	"JavaScript", "Launch", "ImportData", "Rendition", "Sound", "Movie", "RichMediaExecute", // programs and media
	"GoToR", "GoToE", "SubmitForm", // another file, an attachment, a server that gets what was typed
}

// triggers are the keys of additional actions (12.6.3).
var triggers = []string{"E", "X", "D", "U", "Fo", "Bl", "PO", "PC", "PV", "PI", "O", "C", "K", "F", "V", "WC", "WS", "DS", "WP", "DP"}

// activeSubtypes are annotations that hold a file, a sound, a film or a program (12.5.6), and programs for printers (ISO 32000-1, 8.8.2).
var activeSubtypes = []name{"FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "PS"}

// rules say of an entry of a dictionary whether it is something of that. The dictionary is nil when nothing is known of it.
var rules = map[string]func(s *pdfScan, d dict, v any) bool{
	"OpenAction": func(s *pdfScan, _ dict, v any) bool { return s.actsByItself(v, 0) },
	"AA": func(s *pdfScan, _ dict, v any) bool {
		return s.some(v, func(aa dict) bool {
			return slices.ContainsFunc(aa, func(e entry) bool { return slices.Contains(triggers, e.key) && s.actsByItself(e.value, 0) })
		})
	},
	// An action, or what follows on one. In a structure element, A is something else, and S is a kind that its author named.
	"A": isActiveAction, "PA": isActiveAction, "NA": isActiveAction, "Next": isActiveAction,
	"S": func(s *pdfScan, d dict, v any) bool { return !d.is("Type", "StructElem") && s.activeAction(d, v) },
	"Subtype": func(s *pdfScan, _ dict, v any) bool {
		return s.isName(v, func(n name) bool { return slices.Contains(activeSubtypes, n) })
	},
	"Type": func(s *pdfScan, _ dict, v any) bool {
		return s.isName(v, func(n name) bool { return n == "EmbeddedFile" })
	},
	"JS":            func(s *pdfScan, _ dict, v any) bool { return s.isScript(v) },
	"Script":        func(s *pdfScan, d dict, v any) bool { return d.is("S", "JS") && s.isScript(v) }, // of a requirement (12.11.2)
	"OnInstantiate": func(s *pdfScan, _ dict, v any) bool { return s.isScript(v) },                    // of a 3D stream (13.6.3)
	"URI": func(s *pdfScan, _ dict, v any) bool {
		t, is := v.(text)
		return is && isScriptAddress(t)
	},
	"XFA": func(s *pdfScan, _ dict, v any) bool { return s.isThere(v) }, // a form program (ISO 32000-1, 12.7.8)
	// Trees of scripts and attachments (7.7.4), a portfolio (7.11.6) and a slide show (13.5).
	"JavaScript": isTree, "EmbeddedFiles": isTree, "AlternatePresentations": isTree,
	"Collection": func(s *pdfScan, _ dict, v any) bool {
		return s.some(v, func(d dict) bool { return !d.has("Type") || d.is("Type", "Collection") })
	},
	"EF": hasKey("F", "UF", "DOS", "Mac", "Unix"), // the content of an attachment (7.11.4)
	// Content in other files: a page (8.10.4), a proxy for prepress (14.11.7), a colour profile (14.11.5).
	"Ref": hasKey("F"), "OPI": hasKey("1.3", "2.0"), "DestOutputProfileRef": hasKey("F", "URLs"),
}

func isActiveAction(s *pdfScan, _ dict, v any) bool {
	return s.some(v, func(d dict) bool {
		return slices.ContainsFunc(d.all("S"), func(kind any) bool { return s.activeAction(d, kind) })
	})
}

func isTree(s *pdfScan, _ dict, v any) bool {
	return s.some(v, func(d dict) bool {
		return slices.ContainsFunc(slices.Concat(d.all("Names"), d.all("Kids")), s.isThere)
	})
}

func hasKey(keys ...string) func(s *pdfScan, _ dict, v any) bool {
	return func(s *pdfScan, _ dict, v any) bool {
		return s.some(v, func(d dict) bool { return slices.ContainsFunc(keys, d.has) })
	}
}

// activeAction reports that an action of this kind counts even where a person must click.
func (s *pdfScan) activeAction(d dict, kind any) bool {
	return s.isName(kind, func(n name) bool {
		return slices.Contains(activeActions, n) || n == "Thread" && d.has("F")
	})
}

// actsByItself reports that an action that nobody asked for does more than to go to a place in the file. An action can have next ones.
func (s *pdfScan) actsByItself(v any, steps int) bool {
	if steps > maxDepth {
		s.opaque = true
		return false
	}
	for _, v := range s.resolve(v) {
		if _, is := v.(malformed); is {
			s.opaque = true
		}
		action, is := dictOf(v)
		if !is {
			continue // a destination
		}
		for _, kind := range action.all("S") {
			if !s.isName(kind, func(n name) bool { return n == "GoTo" || n == "GoToDp" }) {
				return true
			}
		}
		for _, next := range action.all("Next") {
			for _, next := range s.elements(next) {
				if s.actsByItself(next, steps+1) {
					return true
				}
			}
		}
	}
	return false
}

// elements are the elements of each list that a value leads to, and what is no list.
func (s *pdfScan) elements(v any) (all []any) {
	for _, v := range s.resolve(v) {
		if l, is := v.(list); is {
			all = append(all, l...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// some reports that it is true of a dictionary that a value leads to, itself or in a list.
func (s *pdfScan) some(v any, of func(dict) bool) bool {
	for _, v := range s.elements(v) {
		for _, v := range s.resolve(v) {
			if d, is := dictOf(v); is && of(d) {
				return true
			}
		}
	}
	return false
}

// isName reports that it is true of a name that a value leads to.
func (s *pdfScan) isName(v any, of func(name) bool) bool {
	return slices.ContainsFunc(s.resolve(v), func(v any) bool {
		n, is := v.(name)
		return is && of(n)
	})
}

// isScript reports that a value leads to a string or a stream that is no picture: a font or a picture can have any name.
func (s *pdfScan) isScript(v any) bool {
	return slices.ContainsFunc(s.resolve(v), func(v any) bool {
		st, isStream := v.(stream)
		_, isText := v.(text)
		return isText || isStream && !st.is("Subtype", "Image") && !st.is("Subtype", "Form")
	})
}

// isThere reports that a value leads to something that is not empty.
func (s *pdfScan) isThere(v any) bool {
	return slices.ContainsFunc(s.resolve(v), func(v any) bool {
		l, isList := v.(list)
		d, isDict := v.(dict)
		_, isStream := v.(stream)
		_, isText := v.(text)
		return isList && len(l) > 0 || isDict && len(d) > 0 || isStream || isText
	})
}

// isScriptAddress knows an address that runs what it says (a browser would).
func isScriptAddress(t text) bool {
	address := bytes.ToLower(bytes.TrimLeft(plainText(t), "\x00\t\n\f\r "))
	return bytes.HasPrefix(address, []byte("javascript:")) || bytes.HasPrefix(address, []byte("vbscript:"))
}
