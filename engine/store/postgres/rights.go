package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// checkRights refuses a user who could not make the tables of further days: to
// attach a table takes the ownership of its parent. A database without a schema
// passes.
func checkRights(ctx context.Context, c *pgx.Conn) error {
	var user, owner string
	var creates, owns bool
	err := c.QueryRow(ctx, "SELECT current_user::text, has_schema_privilege(n.oid, 'CREATE'),"+
		" pg_get_userbyid(c.relowner)::text, pg_has_role(c.relowner, 'USAGE')"+
		" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'hookseal' AND c.relname = 'events'", pgx.QueryExecModeSimpleProtocol).
		Scan(&user, &creates, &owner, &owns)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the rights of the user: %w", err)
	}
	role := pgx.Identifier{user}.Sanitize()
	switch {
	case !creates:
		return fmt.Errorf("user %q may make no tables for further days: GRANT CREATE ON SCHEMA hookseal TO %s", user, role)
	case !owns:
		return fmt.Errorf("user %q does not own the tables of the schema hookseal, and cannot add those of further days: GRANT %s TO %s",
			user, pgx.Identifier{owner}.Sanitize(), role)
	}
	return nil
}
