package configfile

import (
	"net/url"
	"strings"

	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/webhook"
)

// listenData finds the URL under which a database's notifications are listened
// to, where that of data leads through a pooler.
func (l *loader) listenData() {
	const key = "listen_data"
	value := l.file.ListenData
	if value == "" {
		return
	}
	if l.config.Place.path != "" {
		l.note(key, "takes a postgres:// URL as data: a SQLite file has one node, which nobody notifies")
		return
	}
	secret, err := l.databaseURL(key, value)
	if err == nil && !isDatabase(string(secret.Reveal())) {
		l.note(key, "is no postgres:// URL, and stands for none")
		return
	}
	if err == nil {
		_, err = postgres.Describe(string(secret.Reveal()))
	}
	if err != nil {
		l.note(key, "%s", err)
		return
	}
	l.config.Place.listen = secret
}

// databaseURL returns the URL that is written, or that a reference stands for.
func (l *loader) databaseURL(key, value string) (webhook.Secret, error) {
	file, isFile := strings.CutPrefix(value, "file:")
	if isFile {
		l.footprint.file(within(l.dir, file))
	}
	if isFile || strings.HasPrefix(value, "env:") {
		return References{LookupEnv: l.opts.LookupEnv, Dir: l.dir}.Secret(value)
	}
	if u, err := url.Parse(value); err == nil {
		if _, has := u.User.Password(); has {
			l.warn("%s holds a password in plain in %s: write env:NAME or file:PATH, which stands for the whole URL", key, l.config.Path)
		}
	}
	return webhook.NewSecret(key, []byte(value))
}
