package kyc

import (
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/typed"
)

// Limits of a document.
const (
	MaxDocumentBytes = 10 << 20         // of any requirement; Requirement.MaxBytes may say less
	MaxFiles         = 10               // for one requirement: front, back, and a few attempts
	UploadLife       = 10 * time.Minute // of one upload: a slow phone on a slow network, for up to 10 MiB
	maxFileName      = 200              // code points, as typed and after normalisation
)

// extensions of the content types that are taken.
var extensions = map[string][]string{
	"application/pdf": {".pdf"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/png":       {".png"},
}

// Upload is what a browser says about a file that it wants to send.
type Upload struct {
	Requirement  string
	DocumentType string // may be empty where the requirement has one option
	FileName     string
	ContentType  string
	Size         int64    // bytes
	SHA256       string   // hex; may be empty
	Confirmed    []string // /fileName, when its name holds no Aadhaar number although it looks like it
}

// NewDocument is the document that an upload will become, in state requested, with the key to upload it to. It reports every
// fault at once: requirement_unknown, document_type_required, document_type_unknown, file_name_required,
// file_name_too_long, file_name_characters, file_extension_mismatch, aadhaar_number_suspected, file_type_not_supported,
// file_empty, file_too_large, sha256_format, too_many_documents; or ErrLocked, ErrPartLocked.
func NewDocument(c Case, u Upload, id string, now time.Time) (Document, error) {
	if !c.Status.Editable() {
		return Document{}, ErrLocked
	}
	req, known := c.entityType().Requirement(u.Requirement)
	if known {
		if err := c.checkRequirement(req.ID, now); err != nil {
			return Document{}, err
		}
		if u.DocumentType == "" && len(req.Options) == 1 {
			u.DocumentType = req.Options[0].ID
		}
	}
	d := Document{
		ID: id, CaseNo: c.No, Requirement: u.Requirement, Type: u.DocumentType, FileName: norm.NFC.String(typed.Trim(u.FileName)),
		ContentType: u.ContentType, Size: u.Size, State: DocRequested, SHA256: strings.ToLower(u.SHA256),
		Key: IncomingKey(c.AccountID, c.No, id), CreatedAt: now,
	}
	var fields []fault.Field
	if known {
		fields = d.againstRequirement(req, standing(c, req, now).Documents)
	} else {
		fields = append(fields, fault.Field{
			Pointer: "/requirement", Code: "requirement_unknown", Detail: "This is not asked of your entity type. Choose a requirement from the list.",
		})
	}
	fields = append(fields, d.fileFaults(u.FileName, req.MaxBytes)...)
	if aadhaar.In(d.FileName) && !slices.Contains(u.Confirmed, "/fileName") {
		fields = append(fields, suspected("/fileName"))
	}
	if len(fields) > 0 {
		return Document{}, fault.InvalidFields(fields)
	}
	return d, nil
}

func (d Document) againstRequirement(req Requirement, others []Document) (fields []fault.Field) {
	switch {
	case d.Type == "":
		fields = append(fields, fault.Field{
			Pointer: "/documentType", Code: "document_type_required", Detail: "Several documents prove “" + req.Title + "”. Say which one this is.",
		})
	case !req.HasOption(d.Type):
		fields = append(fields, fault.Field{
			Pointer: "/documentType", Code: "document_type_unknown", Detail: "This type of document does not prove “" + req.Title + "”. Choose one from the list.",
		})
	}
	if len(others) >= MaxFiles {
		fields = append(fields, fault.Field{
			Pointer: "/requirement", Code: "too_many_documents",
			Detail: fmt.Sprintf("There are %d files for “%s” already. Remove one first.", len(others), req.Title),
		})
	}
	return fields
}

// checkRequirement is ErrLocked, or ErrPartLocked, when the files of a requirement cannot be changed now.
func (c Case) checkRequirement(id string, now time.Time) error {
	switch {
	case !c.Status.Editable():
		return ErrLocked
	case !c.open(requirementPointer(id), c.lacks(now)):
		return ErrPartLocked
	}
	return nil
}

// Removable finds a document that may be removed; one that was removed before is superseded. The fault is ErrDocumentUnknown, ErrLocked,
// ErrPartLocked or ErrDocumentKept.
func (c Case) Removable(id string, now time.Time) (Document, error) {
	i := slices.IndexFunc(c.Documents, func(d Document) bool { return d.ID == id })
	switch {
	case i < 0:
		return Document{}, ErrDocumentUnknown
	case c.Documents[i].State == DocSuperseded:
		return c.Documents[i], nil
	}
	d := c.Documents[i]
	if err := c.checkRequirement(d.Requirement, now); err != nil {
		return Document{}, err
	}
	if d.State == DocAccepted || d.State == DocRejected {
		return Document{}, ErrDocumentKept
	}
	return d, nil
}

// Without is the case without a document: it is superseded.
func (c Case) Without(id string) Case {
	c.Documents = slices.Clone(c.Documents)
	for i, d := range c.Documents {
		if d.ID == id {
			c.Documents[i].State = DocSuperseded
		}
	}
	return c
}

// fileFaults checks what can be known of a file without having it. typedName is its name as it came.
func (d Document) fileFaults(typedName string, maxBytes int64) (fields []fault.Field) {
	wrong := func(pointer, code, detail string) {
		fields = append(fields, fault.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	exts, supported := extensions[d.ContentType]
	if !supported {
		r := FileReason("file_type_not_supported", d.ContentType)
		wrong("/contentType", r.Code, r.Detail)
	}
	switch ext := strings.ToLower(path.Ext(d.FileName)); {
	case d.FileName == "":
		wrong("/fileName", "file_name_required", "The file needs a name.")
	case max(utf8.RuneCountInString(typedName), utf8.RuneCountInString(d.FileName)) > maxFileName:
		wrong("/fileName", "file_name_too_long", fmt.Sprintf("The file name is too long: at most %d characters.", maxFileName))
	case !utf8.ValidString(d.FileName) || strings.ContainsFunc(d.FileName, notInFileName):
		wrong("/fileName", "file_name_characters", "The file name has a slash, a line break or an invisible character. Rename the file.")
	case supported && ext != "" && !slices.Contains(exts, ext):
		wrong("/fileName", "file_extension_mismatch", fmt.Sprintf("The file name ends in %s, but the file is said to be %s.", ext, d.ContentType))
	}
	if maxBytes == 0 {
		maxBytes = MaxDocumentBytes
	}
	switch {
	case d.Size <= 0:
		wrong("/size", "file_empty", FileReason("file_empty", "").Detail)
	case d.Size > maxBytes:
		wrong("/size", "file_too_large", fmt.Sprintf("The file is too large: at most %d MB. Scan it with fewer dots per inch, or in grey.", maxBytes>>20))
	}
	if raw, err := hex.DecodeString(d.SHA256); d.SHA256 != "" && (err != nil || len(raw) != 32) {
		wrong("/sha256", "sha256_format", "A SHA-256 has 64 hexadecimal digits. It may be left out.")
	}
	return fields
}

// notInFileName reports path separators, and runes that break a line or make a name look like another one.
func notInFileName(r rune) bool { return r == '/' || r == '\\' || typed.Hidden(r) }

// IncomingKey is where a browser uploads a document to. It is made of ids alone, and the document's id cannot be guessed.
func IncomingKey(id account.ID, caseNo int, document string) string {
	return fmt.Sprintf("incoming/%s/%d/%s", id, caseNo, document)
}

// VaultKey is where a document that was found clean is kept.
func VaultKey(id account.ID, caseNo int, document string) string {
	return fmt.Sprintf("vault/%s/%d/%s", id, caseNo, document)
}

// PageKey is where the picture of page n of a document is kept, from 1.
func PageKey(id account.ID, caseNo int, document string, n int) string {
	return fmt.Sprintf("%s%d.jpg", PagesPrefix(id, caseNo, document), n)
}

// PagesPrefix is what the keys of all pages of a document begin with.
func PagesPrefix(id account.ID, caseNo int, document string) string {
	return fmt.Sprintf("pages/%s/%d/%s/", id, caseNo, document)
}

// ParseIncomingKey takes an IncomingKey apart; ok is false for any other key.
func ParseIncomingKey(key string) (id account.ID, caseNo int, document string, ok bool) {
	return parseKey(key, IncomingKey)
}

// ParseVaultKey takes a VaultKey apart; ok is false for any other key.
func ParseVaultKey(key string) (id account.ID, caseNo int, document string, ok bool) {
	return parseKey(key, VaultKey)
}

func parseKey(key string, made func(account.ID, int, string) string) (id account.ID, caseNo int, document string, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 4 {
		return "", 0, "", false
	}
	caseNo, err := strconv.Atoi(parts[2])
	id, document = account.ID(parts[1]), parts[3]
	if err != nil || id == "" || document == "" || key != made(id, caseNo, document) {
		return "", 0, "", false
	}
	return id, caseNo, document, true
}
