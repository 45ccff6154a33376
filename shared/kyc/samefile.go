package kyc

import (
	"fmt"
	"slices"

	"phonon.in/central/shared/fault"
)

// sameFiles finds one file, by its bytes, that was given as two things: as two types of document, or for two people. Each of the two has a
// fault that names the other. As one and the same document a file may serve several requirements: a GST certificate proves address, activity
// and registration. What a reviewer has accepted stays accepted.
func sameFiles(listed []Standing) (faults []fault.Field) {
	var files []givenFile
	for _, s := range listed {
		for _, d := range s.Documents {
			if d.good() && d.SHA256 != "" {
				files = append(files, givenFile{s.Requirement, d})
			}
		}
	}
	for i, a := range files {
		for _, b := range files[i+1:] {
			if a.SHA256 == b.SHA256 && a.contradicts(b) {
				for _, f := range []fault.Field{a.same(b), b.same(a)} {
					if !slices.Contains(faults, f) {
						faults = append(faults, f)
					}
				}
			}
		}
	}
	return faults
}

type givenFile struct {
	Requirement
	Document
}

func (a givenFile) contradicts(b givenFile) bool {
	if a.State == DocAccepted && b.State == DocAccepted {
		return false
	}
	return a.Whose != b.Whose || !slices.ContainsFunc(a.types(), func(t string) bool { return slices.Contains(b.types(), t) })
}

// types are what the file may be: what was said, or, in an old case where that was left open, any that proves the requirement.
func (a givenFile) types() (types []string) {
	for _, o := range a.Options {
		if a.Type == "" || a.Type == o.ID {
			types = append(types, o.ID)
		}
	}
	return types
}

func (a givenFile) same(b givenFile) fault.Field {
	return fault.Field{
		Pointer: requirementPointer(a.Requirement.ID), Code: "document_same_as",
		Detail: fmt.Sprintf("“%s” is the same file as “%s” for “%s”%s. Remove the wrong one, and upload the right file.", a.FileName, b.FileName, b.Title, b.asType()),
	}
}

func (a givenFile) asType() string {
	i := slices.IndexFunc(a.Options, func(o Option) bool { return o.ID == a.Type })
	if i < 0 || len(a.Options) == 1 {
		return ""
	}
	return ", given as: " + a.Options[i].Title
}
