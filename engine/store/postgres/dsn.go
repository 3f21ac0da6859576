package postgres

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// errDSN is all that is said of a DSN that cannot be read: what exactly is wrong
// might quote a part of the password.
var errDSN = errors.New(`DSN cannot be read; want postgres://user:password@host:port/database, ` +
	`with a password whose special characters are percent-encoded`)

// Describe returns a DSN as it may be shown: without the password and the
// parameters. Its error shows nothing of the DSN.
func Describe(dsn string) (string, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "", errDSN
	}
	return describe(&config.Config), nil
}

func describe(c *pgconn.Config) string {
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return fmt.Sprintf("postgres://%s@%s/%s", c.User, host, c.Database)
}

// parse reads a DSN for a pool.
func parse(dsn string, opts Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errDSN
	}
	switch {
	case opts.Connections > 0:
		config.MaxConns = int32(opts.Connections)
	case !strings.Contains(dsn, "pool_max_conns"):
		config.MaxConns = defaultConnections
	}
	if config.MaxConns < leastConnections {
		return nil, fmt.Errorf("pool_max_conns is %d, want %d or more", config.MaxConns, leastConnections)
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "hookseal"
	}
	config.AfterConnect = afterConnect
	return config, nil
}
