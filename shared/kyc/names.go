package kyc

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spelled are the ways in which one word of a name is written.
var spelled = map[string]string{
	"pvt": "private", "ltd": "limited", "lmt": "limited", "co": "company", "corp": "corporation", "bros": "brothers", "inc": "incorporated",
	"intl": "international", "assn": "association", "soc": "society", "mfg": "manufacturing", "engg": "engineering", "&": "and",
}

// unsaid are words that say nothing about who it is: titles, and what is written before the name of a firm.
var unsaid = []string{"m/s", "ms", "messrs", "mr", "mrs", "shri", "sri", "smt", "kum", "dr", "the", "and"}

// forms are the words of a legal form. Two names that have only these in common are two names.
var forms = []string{"private", "limited", "llp", "opc", "company", "huf"}

// nameWords are the words of a name as they are compared: without case, marks and titles, abbreviations in full, "A.P.J." as three initials,
// "(P) Ltd" as Private Limited.
func nameWords(name string) (words []string) {
	name = strings.ToLower(norm.NFKC.String(name))
	bare := strings.NewReplacer("(p)", " pvt ", "m/s", " ", "&", " and ", "l.l.p", "llp", "limited liability partnership", "llp", "'", "", "’", "").Replace(name)
	for _, word := range strings.FieldsFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		full, known := spelled[word]
		switch {
		case slices.Contains(unsaid, word):
		case known && len(word) > 1:
			words = append(words, full)
		default:
			words = append(words, word)
		}
	}
	return words
}

// SimilarNames compares two names as sets of words and answers 0 to 1: twice the weight of the words that have a partner, by the number of words.
// A word weighs 1 beside itself, an initial 0.8 beside a word that it begins. The order does not count, because registers put the surname first,
// and a single name is a name. From 0.8 on (SameName) it is most probably one: "R Sharma" and "Sharma Ramesh" have 0.9. Names of two scripts have 0.
func SimilarNames(a, b string) float64 {
	left, right := nameWords(a), nameWords(b)
	all, weight, said := len(left)+len(right), 0.0, false
	for _, partner := range []func(x, y string) float64{alike, initial} {
		left = slices.DeleteFunc(left, func(x string) bool {
			i := slices.IndexFunc(right, func(y string) bool { return partner(x, y) > 0 })
			if i < 0 {
				return false
			}
			weight += partner(x, right[i])
			said = said || !slices.Contains(forms, x)
			right = slices.Delete(right, i, i+1)
			return true
		})
	}
	if !said {
		return 0
	}
	return 2 * weight / float64(all)
}

// SameName is the similarity from which two names are taken for one.
const SameName = 0.8

func alike(x, y string) float64 {
	if x == y {
		return 1
	}
	return 0
}

func initial(x, y string) float64 {
	one := func(s string) bool { return len([]rune(s)) == 1 }
	if one(x) != one(y) && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x)) {
		return 0.8
	}
	return 0
}

// beginsWith reports that a word of the name begins with the letter. Names that are not in Latin letters are never judged.
func beginsWith(name string, letter byte) bool {
	latin := false
	for _, word := range nameWords(name) {
		if unicode.ToUpper([]rune(word)[0]) == rune(letter) {
			return true
		}
		latin = latin || unicode.Is(unicode.Latin, []rune(word)[0])
	}
	return !latin
}
