package document

import (
	"strconv"
	"strings"
)

// Parsed objects are: nil for null and for what cannot be read, and
type (
	name   string
	text   []byte // a string as it is written, with its delimiters
	number int    // an integer
	word   string // any other number, true, false
	ref    int    // the number of an object; its generation does not matter here
	list   []any
	dict   []entry
	stream struct {
		dict
		body []byte // from the first byte after the line of "stream" to the end of the data
		neat bool   // that line ends as it should
	}
)

// entry is a key with its value. A dictionary may have a key more than once: readers differ in which one counts.
type entry struct {
	key   string
	value any
}

// all are the values of a key.
func (d dict) all(key string) (values []any) {
	for _, e := range d {
		if e.key == key {
			values = append(values, e.value)
		}
	}
	return values
}

func (d dict) has(key string) bool { return len(d.all(key)) > 0 }

const (
	maxDepth = 64      // of containers in each other; more is no honest file
	maxItems = 1 << 18 // of containers and what they hold, in one object
)

// parser reads one object. Where it is malformed, odd is true and the value is what most readers would take.
type parser struct {
	lexer
	items int
}

// value reads an object, without a stream that may follow.
func (p *parser) value() any {
	kind, s := p.next()
	v := p.item(kind, s, 0)
	if n, is := v.(number); is {
		begin := p.at
		_, generation := p.next()
		if _, r := p.next(); regularLength(generation) > 0 && string(r) == "R" {
			return ref(n)
		}
		p.at = begin
	}
	return v
}

// item is the object that begins with a token.
func (p *parser) item(kind byte, s []byte, depth int) any {
	p.items++
	if p.items > maxItems || depth > maxDepth {
		kind = strayToken
	}
	switch kind {
	case nameToken:
		return name(s)
	case textToken:
		return text(s)
	case dictOpen:
		return p.pairs(p.until(dictClose, depth+1))
	case listOpen:
		return list(p.until(listClose, depth+1))
	case wordToken:
		return p.word(s)
	}
	p.odd = true
	return nil
}

// until reads the items of a container up to the token that closes it.
func (p *parser) until(closes byte, depth int) (items []any) {
	for {
		kind, s := p.next()
		switch {
		case kind == closes:
			return items
		case kind == endOfData, p.items > maxItems:
			p.odd = true
			return items
		case kind == wordToken && string(s) == "R":
			items = p.refer(items)
		default:
			items = append(items, p.item(kind, s, depth))
		}
	}
}

// refer makes a reference of the two numbers before R.
func (p *parser) refer(items []any) []any {
	if n := len(items); n >= 2 {
		if to, is := items[n-2].(number); is {
			if _, is := items[n-1].(number); is {
				return append(items[:n-2], ref(to))
			}
		}
	}
	p.odd = true
	return append(items, nil)
}

// pairs makes a dictionary of its items. Where a key is no name, readers go on with the next item.
func (p *parser) pairs(items []any) dict {
	d := make(dict, 0, len(items)/2)
	for len(items) > 0 {
		key, is := items[0].(name)
		if !is || len(items) == 1 {
			p.odd = true
			items = items[1:]
			continue
		}
		d = append(d, entry{string(key), items[1]})
		items = items[2:]
	}
	return d
}

func (p *parser) word(s []byte) any {
	if n, err := strconv.Atoi(string(s)); err == nil {
		return number(n)
	}
	switch w := string(s); {
	case w == "null":
		return nil
	case w == "true", w == "false", w[0] == '+', w[0] == '-', w[0] == '.', isDigit(w[0]):
		return word(w)
	}
	p.odd = true // a keyword where none belongs
	return nil
}

// plainText is what a string says (7.3.4).
func plainText(t text) []byte {
	if len(t) < 2 {
		return nil
	}
	inner := t[1 : len(t)-1]
	if t[0] == '<' {
		var digits []byte
		for _, c := range inner {
			if unhex(c) >= 0 {
				digits = append(digits, c)
			}
		}
		if len(digits)%2 == 1 {
			digits = append(digits, '0')
		}
		plain := make([]byte, len(digits)/2)
		for i := range plain {
			plain[i] = byte(unhex(digits[2*i])<<4 | unhex(digits[2*i+1]))
		}
		return plain
	}
	var plain []byte
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		if c == '\\' && i+1 < len(inner) {
			i++
			c = inner[i]
			switch n := strings.IndexByte("nrtbf", c); {
			case n >= 0:
				c = "\n\r\t\b\f"[n]
			case '0' <= c && c <= '7':
				c -= '0'
				for end := i + 2; i < end && i+1 < len(inner) && '0' <= inner[i+1] && inner[i+1] <= '7'; i++ {
					c = c<<3 | (inner[i+1] - '0')
				}
			case c == '\r', c == '\n': // the line goes on
				if c == '\r' && i+1 < len(inner) && inner[i+1] == '\n' {
					i++
				}
				continue
			}
		}
		plain = append(plain, c)
	}
	return plain
}
