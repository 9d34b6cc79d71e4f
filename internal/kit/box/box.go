// Package box locks up the few secrets that Ajar has to read again, such as the key of a second factor or the secret of a sign-in provider, so that
// a copy of the store alone does not give them away. Passwords and tokens are not among them: those are hashed, since nobody has to read them again.
//
// The key comes from AJAR_SECRET, or from the file secrets/box.key in the data folder, which the first Seal makes. A backup without the key cannot
// open what was sealed: people set their second factor up again. Begin reading at Seal.
package box

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// mark begins every sealed text and names the way it was sealed, for the day when there is another.
const mark = "box1."

// shortest is how long a secret from the environment must be: what people make up by themselves is shorter and can be guessed.
const shortest = 32

// ErrKey says that a sealed text was sealed with another key or for another purpose, or was changed since.
var ErrKey = errors.New("box: sealed with another key, or changed since")

// Box seals and opens. It is safe for many goroutines.
type Box struct {
	path string // the file of the key; empty when the key is known already

	mu  sync.Mutex
	key []byte
}

// Open makes the box of an installation: with the secret, when there is one, and otherwise with the key kept in the folder of the data. Nothing is
// read or written before the first Seal or Open, so that commands which seal nothing leave no file behind.
func Open(folder, secret string) (*Box, error) {
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return &Box{path: filepath.Join(folder, "secrets", "box.key")}, nil
	}
	if len(secret) < shortest {
		return nil, fmt.Errorf("AJAR_SECRET is %d characters long and has to be at least %d, made by chance. `openssl rand -hex 32` prints a good one", len(secret), shortest)
	}
	sum := sha256.Sum256([]byte(secret))
	return &Box{key: sum[:]}, nil
}

// Derive makes a key of 32 bytes for one purpose out of the key of the installation, for signing what comes back to Ajar. The same installation always makes the same.
func (b *Box) Derive(purpose string) ([]byte, error) {
	key, err := b.load(true)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, key, nil, "ajar box key: "+purpose, 32)
}

// Memory is a box whose key is forgotten when the process ends. For tests.
func Memory() *Box {
	b := &Box{key: make([]byte, 32)}
	_, _ = rand.Read(b.key)
	return b
}

// Seal locks a text up for one purpose. It opens for the same purpose only, so that a sealed text cannot be put in the place of another.
func (b *Box) Seal(purpose string, plain []byte) (string, error) {
	g, err := b.lock(purpose, true)
	if err != nil {
		return "", err
	}
	return mark + base64.RawURLEncoding.EncodeToString(g.Seal(nil, nil, plain, nil)), nil
}

// Open gives back what was sealed for this purpose.
func (b *Box) Open(purpose, sealed string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, mark)
	if !ok {
		return nil, ErrKey
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrKey
	}
	g, err := b.lock(purpose, false)
	if err != nil {
		return nil, err
	}
	plain, err := g.Open(nil, nil, raw, nil)
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}

// lock makes the cipher of one purpose. Each has its own key, and AES-256-GCM a nonce by chance for each text.
func (b *Box) lock(purpose string, make bool) (cipher.AEAD, error) {
	key, err := b.load(make)
	if err != nil {
		return nil, err
	}
	own, err := hkdf.Key(sha256.New, key, nil, "ajar box: "+purpose, 32)
	if err != nil {
		return nil, err
	}
	c, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(c)
}

func (b *Box) load(make bool) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.key != nil {
		return b.key, nil
	}
	key, err := readKey(b.path)
	if errors.Is(err, os.ErrNotExist) && make {
		if err = makeKey(b.path); err == nil {
			key, err = readKey(b.path)
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrKey
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key of this installation: %w", err)
	}
	b.key = key
	return key, nil
}

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s does not hold a key of 64 hexadecimal digits; put the file of the last backup back", path)
	}
	return key, nil
}

// makeKey puts a whole file in its place at once, and never over another: two processes that begin together end with one key.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	var key [32]byte
	_, _ = rand.Read(key[:])
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
