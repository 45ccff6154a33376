package numbering

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/typed"
)

var every = flag.Bool("every", false, "ask the library of each beginning of six digits: half a minute")

// asked is what the library says of what somebody typed, in our words.
func asked(raw string, kind phone.Kind) (e164 string, refused fault.Field) {
	const known = "IN"
	outside := func(r rune) bool { return !strings.ContainsRune("0123456789+＋()（）./．", r) }
	raw = typed.Compact(typed.Digits(raw))
	n, err := phonenumbers.Parse(raw, known)
	switch {
	case raw == "":
		return "", errNothing.Fields[0]
	case err == nil && n.GetExtension() != "":
		return "", errExtension.Fields[0]
	// The library also digs a number out of a sentence and reads letters as keys of a keypad: nobody means that here.
	case err != nil || strings.ContainsFunc(trimScheme(raw), outside):
		return "", errNoNumber.Fields[0]
	case n.GetCountryCode() != 91:
		return "", errAbroad.Fields[0]
	case !phonenumbers.IsValidNumberForRegion(n, known):
		return "", errNotInPlan.Fields[0]
	}
	first := phonenumbers.GetNationalSignificantNumber(n)[0]
	switch is := phonenumbers.GetNumberType(n); {
	case is == phonenumbers.MOBILE && first < '6',
		is != phonenumbers.MOBILE && is != phonenumbers.FIXED_LINE && is != phonenumbers.FIXED_LINE_OR_MOBILE:
		return "", errService.Fields[0]
	case kind == phone.Mobile && (is == phonenumbers.FIXED_LINE || first < '6'):
		return "", errLandline.Fields[0]
	case kind == phone.Landline && is == phonenumbers.MOBILE:
		return "", errMobile.Fields[0]
	}
	return phonenumbers.Format(n, phonenumbers.E164), fault.Field{}
}

// sameAsTheLibrary compares Parse with asked: number, pointer and code. The sentence, too, where three digits and no other characters than
// a number has were typed: the library knows more ways to write an extension. Longer numbers than there are it lets through where it
// knows the trunk prefix of a country, and the code of that country is all that is said of them. It gives what Parse refused the text for.
func sameAsTheLibrary(t *testing.T, raw string, kind phone.Kind) (refused fault.Field) {
	t.Helper()
	n, err := Parse(raw, kind)
	var got fault.Field
	if fields, _ := fault.FieldsOf(err); len(fields) > 0 {
		got = fields[0]
	}
	if got.Detail == errTooLong.Detail {
		return got
	}
	wantNumber, want := asked(raw, kind)
	compact := trimScheme(typed.Compact(typed.Digits(raw)))
	dialled, _, ok := dialled(compact)
	if !ok && compact != "" {
		got.Detail, want.Detail = "", ""
	}
	if len(dialled) > 1+longestAnywhere && (got.Code == errAbroad.Code || want.Code == errAbroad.Code) {
		return got
	}
	if n.E164() != wantNumber || got != want {
		t.Errorf("%q as a %s is %q, %v; the library: %q, %v", raw, kind, n.E164(), got, wantNumber, want)
	}
	return got
}

// bothKinds asks for the other kind, too, where the number itself is not refused.
func bothKinds(t *testing.T, raw string) {
	t.Helper()
	if refused := sameAsTheLibrary(t, raw, phone.Mobile); refused.Pointer != "/phone" {
		sameAsTheLibrary(t, raw, phone.Landline)
	}
}

// sameClass compares what the plan and the library say of a national number.
func sameClass(t *testing.T, national string) {
	t.Helper()
	significant := strings.TrimLeft(national, "0")
	zeros := len(national) - len(significant)
	value, err := strconv.ParseUint("0"+significant, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	n := &phonenumbers.PhoneNumber{
		CountryCode: new(int32(91)), NationalNumber: &value,
		ItalianLeadingZero: new(zeros > 0), NumberOfLeadingZeros: new(int32(zeros)),
	}
	want := service
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.UNKNOWN:
		want = none
	case phonenumbers.MOBILE:
		want = mobile
	case phonenumbers.FIXED_LINE:
		want = landline
	case phonenumbers.FIXED_LINE_OR_MOBILE:
		want = either
	}
	if got := classify(national); got != want {
		t.Errorf("%s is %s, the library says %s", national, got, want)
	}
}

func digits(random *rand.Rand, length int) string {
	made := make([]byte, length)
	for i := range made {
		made[i] = '0' + byte(random.IntN(10))
	}
	return string(made)
}

// All digits are tried where the plan tells them apart, one where it does not, and what follows where it has no number any more.
func TestEachBeginningOfANumberIsWhatTheLibrarySays(t *testing.T) {
	t.Parallel()
	random, leaves := rand.New(rand.NewPCG(91, 10)), 0
	var walk func(begin string, at uint8)
	walk = func(begin string, at uint8) {
		if plan[at].class != none {
			sameClass(t, begin)
		}
		if plan[at].class == either && begin[0] < '6' {
			t.Errorf("%s may be a mobile: Parse knows none below 6", begin)
		}
		if at == 0 {
			leaves++
			sameClass(t, begin+digits(random, max(0, 10-len(begin))))
			sameClass(t, begin+digits(random, random.IntN(longestAnywhere+1-len(begin))))
			return
		}
		next := plan[at].after
		from, to := 0, 9
		if slices.Equal(next[1:], next[:9]) {
			from = random.IntN(10)
			to = from
		}
		for digit := from; digit <= to; digit++ {
			walk(begin+strconv.Itoa(digit), next[digit])
		}
	}
	walk("", uint8(len(plan)-1))
	if leaves < 5000 {
		t.Errorf("only %d ends of the plan were reached", leaves)
	}
}

func TestAllNumbersOfTenDigitsAreWhatTheLibrarySays(t *testing.T) {
	if !*every {
		t.Skip("-every asks for each beginning of six digits")
	}
	for begin := range 1_000_000 {
		sameClass(t, fmt.Sprintf("%06d%s", begin, digits(rand.New(rand.NewPCG(uint64(begin), 0)), 4)))
	}
}

func TestNumbersOfEachLengthAreWhatTheLibrarySays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(91, 17))
	for begin := range 1000 {
		for length := 3; length <= longestAnywhere; length++ {
			sameClass(t, fmt.Sprintf("%03d%s", begin, digits(random, length-3)))
		}
	}
}

func TestNumbersOfAllCountriesAreReadAsByTheLibrary(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 999))
	for begin := range 1000 {
		number := strconv.Itoa(begin) + digits(random, random.IntN(longestAnywhere))
		for _, before := range []string{"", "+", "00", "+00"} {
			sameAsTheLibrary(t, before+number, phone.Mobile)
		}
	}
	examples := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil {
				continue
			}
			examples++
			for _, format := range []phonenumbers.PhoneNumberFormat{phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL} {
				sameAsTheLibrary(t, phonenumbers.Format(n, format), phone.Mobile)
			}
		}
	}
	if examples < 400 {
		t.Errorf("the library has only %d examples", examples)
	}
}

func TestHoweverItIsWrittenANumberIsReadAsByTheLibrary(t *testing.T) {
	t.Parallel()
	before := []string{
		"", "0", "00", "000", "91", "910", "9100", "9191", "+", "++", "+0", "+00", "+91", "+910", "+9100", "+9191", "++91", "+91+", "+(91)", "(+91)", "（０）", "+91(0)", "(0)", "0091", "00910",
		"+0091", "+00910", "00091", "＋91", "(", "tel:", "TEL:+91", "tel:0", "tel:tel:", "x", "+999", "+1",
	}
	numbers := []string{
		"9876543210", "9198765432", "9100987654", "8912345678", "8041234567", "2652345678", "6123456789", "1600123456", "1601234567", "1401234567", "5012345678",
		"18001234", "180012345", "1800123456", "1800123456789", "18601234567", "1861123456789", "0008001234567", "987654321", "98765432101", "98765", "9", "91", "0", "00", "",
	}
	for _, begin := range before {
		for _, number := range numbers {
			for _, end := range []string{"", "./．"} {
				bothKinds(t, begin+number+end)
			}
		}
	}
}

func TestWhatIsCalledAnExtensionIsOneToTheLibrary(t *testing.T) {
	for _, label := range extensions {
		for _, raw := range []string{"98765 43210" + label + "12", "+1 201 555 0123" + strings.ToUpper(label) + "1"} {
			if _, err := Parse(raw, phone.Mobile); !errors.Is(err, errExtension) {
				t.Errorf("%q: %v", raw, err)
			}
			if _, said := asked(raw, phone.Mobile); said.Detail != errExtension.Detail {
				t.Errorf("%q is to the library: %v", raw, said)
			}
		}
	}
}

func FuzzParseJudgesAsTheLibraryDoes(f *testing.F) {
	for _, raw := range []string{"9876543210", "tel:+91-98765-43210", "+91(0)22-28123456", "9100 98765 43210", "000 800 1234567", "+00 44 7400 123456", "8912345678", "98765 ext 1", "0.0/(9"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) { bothKinds(t, raw) })
}
