// Package box keeps small secrets that Ajar must be able to read again: the secret of a sign-in provider, the key of an authenticator app, what a
// browser carries for us for a few minutes. What is sealed opens only with the installation's key and only for the purpose it was sealed for.
//
// The key is 32 bytes. It lies beside the data (secrets/key, readable by its owner alone) or comes in AJAR_SECRET, which several processes with one
// PostgreSQL share. It is not in the database, so that a copy of the database opens nothing. Begin reading at Open.
package box

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Variable is the name of the environment variable that holds the key.
const Variable = "AJAR_SECRET"

// Box seals and opens.
type Box struct {
	aead cipher.AEAD
	mark [4]byte // tells keys apart, so that a wrong key gives a sentence and not a riddle
}

// ErrOtherKey says that something was sealed with another key than this process has.
var ErrOtherKey = errors.New("this was sealed with another key: give the same " + Variable + ", or the same secrets folder, that Ajar had before")

// ErrBroken says that something is not what was sealed, or was sealed for another purpose.
var ErrBroken = errors.New("this is not what was sealed")

// New makes a box of a key of 32 bytes.
func New(key []byte) (*Box, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("box: the key has %d bytes and not 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	b := &Box{}
	if b.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	h := sha256.Sum256(append([]byte("ajar box mark\x00"), key...))
	copy(b.mark[:], h[:])
	return b, nil
}

// Fresh is a box with a key that is forgotten with it, for tests.
func Fresh() *Box {
	b, err := New(newKey())
	if err != nil {
		panic(err) // a key of the right length always makes a box
	}
	return b
}

// Open finds the installation's key: in AJAR_SECRET, or in the folder of the data, where it is made when there is none.
func Open(folder string) (*Box, error) {
	if text := strings.TrimSpace(os.Getenv(Variable)); text != "" {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("%s must be 32 random bytes in base64; `openssl rand -base64 32` makes such a line", Variable)
		}
		return New(key)
	}
	if folder == "" {
		return nil, fmt.Errorf("there is no folder to keep the key in: set %s", Variable)
	}
	key, err := keyFile(filepath.Join(folder, "secrets", "key"))
	if err != nil {
		return nil, err
	}
	return New(key)
}

func newKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, see crypto/rand
	return key
}

// keyFile reads the key, or makes it. Two processes that start at once end with the same one: the second finds the first's file.
func keyFile(path string) ([]byte, error) {
	for range 2 {
		text, err := os.ReadFile(path)
		if err == nil {
			key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
			if err != nil || len(key) != 32 {
				return nil, fmt.Errorf("%s does not hold a key (32 bytes in base64). Put back the file that was there; without it what was sealed can't be opened", path)
			}
			return key, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := makeKeyFile(path); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("could not make %s", path)
}

// makeKeyFile writes a whole file under another name and then links it into place, so that nobody reads half a key and nobody's key is replaced.
func makeKeyFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(newKey()) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Seal makes a text that only Open with the same purpose makes readable again. The purpose names what it is and whose, such as
// "admin.provider 17 203", so that one row's secret can't be put into another row.
func (b *Box) Seal(purpose string, plain []byte) string {
	return base64.RawURLEncoding.EncodeToString(b.aead.Seal(b.mark[:], nil, plain, []byte(purpose)))
}

// Open reads what Seal made for this purpose.
func (b *Box) Open(purpose, sealed string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < len(b.mark) {
		return nil, ErrBroken
	}
	if [4]byte(raw[:4]) != b.mark {
		return nil, ErrOtherKey
	}
	plain, err := b.aead.Open(nil, nil, raw[4:], []byte(purpose))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}
