package document

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"slices"
)

// encryption says whether a file is encrypted, and then whether it opens without a password (7.6). Nothing else of it can be looked at.
func (s *pdfScan) encryption() (encrypted, opens bool) {
	const workPerLock = 64 << 10
	for _, t := range s.trailers {
		for _, v := range t.all("Encrypt") {
			d, is := dictOf(s.last(v))
			if s.work -= workPerLock; is && s.work >= 0 && s.lock(t, d).opens() {
				return true, true
			}
			encrypted = encrypted || v != nil
		}
	}
	return encrypted, false
}

// lock is what the standard security handler checks a password against (7.6.4).
type lock struct {
	revision      int
	keyLength     int    // bytes
	owner, user   []byte // what the passwords become
	permissions   uint32
	id            []byte // of the file
	plainMetadata bool
}

func (s *pdfScan) lock(t trailer, d dict) lock {
	integer := func(key string) int {
		n, _ := only[number](dict{{key, s.last(slices.Concat(d.all(key), []any{nil})[0])}}, key)
		return int(n)
	}
	str := func(values []any) []byte {
		raw, _ := s.last(slices.Concat(values, []any{nil})[0]).(text)
		return plainText(raw)
	}
	var id []any
	for _, v := range t.all("ID") {
		id = s.elements(v)
	}
	return lock{
		revision: integer("R"), keyLength: integer("Length") / 8, permissions: uint32(integer("P")),
		owner: str(d.all("O")), user: str(d.all("U")), id: str(id),
		plainMetadata: slices.Contains(d.all("EncryptMetadata"), any(word("false"))),
	}
}

// opens reports that the empty password opens the file.
func (l lock) opens() bool {
	switch l.revision {
	case 2, 3, 4:
		if len(l.owner) < 32 || len(l.user) < 32 {
			return false
		}
		// Some writers give the length of the key elsewhere.
		return l.opensOld(5) || l.revision > 2 && (l.opensOld(16) || l.opensOld(min(max(l.keyLength, 5), 16)))
	case 5, 6:
		if len(l.user) < 40 {
			return false
		}
		salt := l.user[32:40]
		if l.revision == 5 {
			sum := sha256.Sum256(salt)
			return bytes.Equal(sum[:], l.user[:32])
		}
		return bytes.Equal(hardened(salt), l.user[:32])
	}
	return false
}

// padding is the empty password (algorithm 2, step a).
var padding = []byte("\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a")

// opensOld is algorithm 6 with algorithms 2, 4 and 5: MD5 and RC4, up to revision 4.
func (l lock) opensOld(keyLength int) bool {
	sum := md5.Sum(slices.Concat(padding, l.owner[:32], binary.LittleEndian.AppendUint32(nil, l.permissions), l.id, l.metadataMark()))
	if l.revision == 2 {
		return bytes.Equal(arc4(sum[:5], padding), l.user[:32])
	}
	for range 50 {
		sum = md5.Sum(sum[:keyLength])
	}
	key := sum[:keyLength]
	check := md5.Sum(slices.Concat(padding, l.id))
	out := check[:]
	for i := range byte(20) {
		turned := bytes.Clone(key)
		for j := range turned {
			turned[j] ^= i
		}
		out = arc4(turned, out)
	}
	return bytes.Equal(out, l.user[:16])
}

func (l lock) metadataMark() []byte {
	if l.revision == 4 && l.plainMetadata {
		return []byte{0xff, 0xff, 0xff, 0xff}
	}
	return nil
}

func arc4(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		panic(err) // the key has 5 to 16 bytes
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// hardened is algorithm 2.B for the empty password.
func hardened(salt []byte) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	for round := 1; ; round++ {
		e := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			panic(err) // the key has 16 bytes
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, e)
		rest := 0
		for _, b := range e[:16] {
			rest += int(b)
		}
		switch rest % 3 {
		case 0:
			sum := sha256.Sum256(e)
			k = sum[:]
		case 1:
			sum := sha512.Sum384(e)
			k = sum[:]
		case 2:
			sum := sha512.Sum512(e)
			k = sum[:]
		}
		if round >= 64 && int(e[len(e)-1]) <= round-32 {
			return k[:32]
		}
	}
}
