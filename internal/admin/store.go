package admin

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Account is one person's sign-in at one school.
type Account struct {
	Org        roll.OrgID
	Staff      roll.StaffID
	Address    string // folded, as the roll had it
	Password   string // the hash; empty for none
	PasswordMs int64
}

// maxSameAddress is how many people may share one address and still sign in with it.
const maxSameAddress = 5

// accountsAt are those with a password whom an address may mean.
func accountsAt(tx *db.Tx, address string) ([]Account, error) {
	return db.All[Account](tx, `select org, staff, address, password, password_ms from admin_account where address = $1 and address <> '' and password <> '' order by org, staff limit $2`, address, maxSameAddress)
}

// peopleAt are those whom an address may mean, with a password or without.
func peopleAt(tx *db.Tx, address string) ([]Account, error) {
	return db.All[Account](tx, `select org, staff, address, password, password_ms from admin_account where address = $1 and address <> '' order by org, staff limit $2`, address, maxSameAddress)
}

func accountOf(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (Account, bool, error) {
	return db.Maybe[Account](tx, `select org, staff, address, password, password_ms from admin_account where org = $1 and staff = $2`, org, staff)
}

func putPassword(tx *db.Tx, org roll.OrgID, staff roll.StaffID, hashed string) error {
	_, err := tx.Exec(`insert into admin_account (org, staff, password, password_ms) values ($1, $2, $3, $4)
		on conflict (org, staff) do update set password = excluded.password, password_ms = excluded.password_ms`, org, staff, hashed, tx.Now())
	return err
}

// raisePassword keeps the same password under newer settings, unless it was changed in between.
func raisePassword(tx *db.Tx, a Account, hashed string) error {
	_, err := tx.Exec(`update admin_account set password = $4 where org = $1 and staff = $2 and password = $3`, a.Org, a.Staff, a.Password, hashed)
	return err
}

func putAddress(tx *db.Tx, org roll.OrgID, staff roll.StaffID, address string) error {
	_, err := tx.Exec(`insert into admin_account (org, staff, address) values ($1, $2, $3)
		on conflict (org, staff) do update set address = excluded.address where admin_account.address <> excluded.address`, org, staff, address)
	return err
}

func addressesOf(tx *db.Tx, org roll.OrgID) ([]Account, error) {
	return db.All[Account](tx, `select org, staff, address, password, password_ms from admin_account where org = $1`, org)
}

func putReset(tx *db.Tx, secret string, org roll.OrgID, staff roll.StaffID, ends int64) error {
	_, err := tx.Exec(`insert into admin_reset (token_hash, org, staff, made_ms, ends_ms) values ($1, $2, $3, $4, $5)`, hash(secret), org, staff, tx.Now(), ends)
	return err
}

// person names somebody at one school.
type person struct {
	Org   roll.OrgID
	Staff roll.StaffID
}

func resetOf(tx *db.Tx, secret string) (person, bool, error) {
	return db.Maybe[person](tx, `select org, staff from admin_reset where token_hash = $1 and used_ms is null and ends_ms >= $2`, hash(secret), tx.Now())
}

// useReset uses a link up, and with it every other one of the same person.
func useReset(tx *db.Tx, secret string) (person, bool, error) {
	p, found, err := db.Maybe[person](tx, `update admin_reset set used_ms = $2 where token_hash = $1 and used_ms is null and ends_ms >= $2 returning org, staff`, hash(secret), tx.Now())
	if err == nil && found {
		_, err = tx.Exec(`update admin_reset set used_ms = $3 where org = $1 and staff = $2 and used_ms is null`, p.Org, p.Staff, tx.Now())
	}
	return p, found, err
}

// Factor is the authenticator app of one person.
type Factor struct {
	Sealed   string
	MadeMs   int64
	LastStep int64
}

func factorOf(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (Factor, bool, error) {
	return db.Maybe[Factor](tx, `select sealed, made_ms, last_step from admin_factor where org = $1 and staff = $2 and proved_ms > 0`, org, staff)
}

func putFactor(tx *db.Tx, org roll.OrgID, staff roll.StaffID, sealed string, step int64) error {
	_, err := tx.Exec(`insert into admin_factor (org, staff, sealed, made_ms, proved_ms, last_step) values ($1, $2, $3, $4, $4, $5)
		on conflict (org, staff) do update set sealed = excluded.sealed, made_ms = excluded.made_ms, proved_ms = excluded.proved_ms, last_step = excluded.last_step`, org, staff, sealed, tx.Now(), step)
	return err
}

// takeStep uses up the code of one step; false when it or a later one was used before, even in the same moment.
func takeStep(tx *db.Tx, org roll.OrgID, staff roll.StaffID, step int64) (bool, error) {
	n, err := tx.Exec(`update admin_factor set last_step = $3, proved_ms = $4 where org = $1 and staff = $2 and last_step < $3`, org, staff, step, tx.Now())
	return n == 1, err
}

func dropFactor(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (bool, error) {
	n, err := tx.Exec(`delete from admin_factor where org = $1 and staff = $2`, org, staff)
	return n > 0, err
}

func putRecovery(tx *db.Tx, org roll.OrgID, staff roll.StaffID, hashes []string) error {
	if err := dropRecovery(tx, org, staff); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := tx.Exec(`insert into admin_recovery (org, staff, code_hash, made_ms) values ($1, $2, $3, $4)`, org, staff, h, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

func dropRecovery(tx *db.Tx, org roll.OrgID, staff roll.StaffID) error {
	_, err := tx.Exec(`delete from admin_recovery where org = $1 and staff = $2`, org, staff)
	return err
}

func takeRecovery(tx *db.Tx, org roll.OrgID, staff roll.StaffID, hashed string) (bool, error) {
	n, err := tx.Exec(`update admin_recovery set used_ms = $4 where org = $1 and staff = $2 and code_hash = $3 and used_ms is null`, org, staff, hashed, tx.Now())
	return n == 1, err
}

func recoveryLeft(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (int, error) {
	return db.One[int](tx, `select count(*) from admin_recovery where org = $1 and staff = $2 and used_ms is null`, org, staff)
}

// sessionsOf lists where somebody is signed in, the latest used first.
func sessionsOf(tx *db.Tx, org roll.OrgID, staff roll.StaffID) ([]Session, error) {
	return db.All[Session](tx, `select `+sessionColumns+` from admin_session s where s.org = $1 and s.staff = $2 and s.ends_ms >= $3 order by s.seen_ms desc, s.id`, org, staff, tx.Now())
}

// endSessions ends every session of somebody but one, 0 for none spared, and what was held for them.
func endSessions(tx *db.Tx, org roll.OrgID, staff roll.StaffID, but ids.ID[Session]) (int64, error) {
	if err := numberSessions(tx); err != nil { // what is held for 0 is not theirs alone
		return 0, err
	}
	if _, err := tx.Exec(`delete from admin_held where session in (select id from admin_session where org = $1 and staff = $2 and id <> $3)`, org, staff, but); err != nil {
		return 0, err
	}
	return tx.Exec(`delete from admin_session where org = $1 and staff = $2 and id <> $3`, org, staff, but)
}

// dropLinks uses up the sign-in links and the links to choose a password that somebody still has.
func dropLinks(tx *db.Tx, org roll.OrgID, staff roll.StaffID) error {
	if _, err := tx.Exec(`update admin_link set used_ms = $3 where org = $1 and staff = $2 and used_ms is null`, org, staff, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(`update admin_reset set used_ms = $3 where org = $1 and staff = $2 and used_ms is null`, org, staff, tx.Now())
	return err
}

// standing is what one person has, for the list of who can sign in.
type standing struct {
	Staff      roll.StaffID
	PasswordMs int64
	AppMs      int64 // since when there is a second step of theirs: an app or a passkey
	LinkedMs   int64 // since when a school account lets them in
	Open       int
	SeenMs     int64
}

func standings(tx *db.Tx, org roll.OrgID) ([]standing, error) {
	return db.All[standing](tx, `select x.staff,
			cast(coalesce(max(x.password_ms), 0) as bigint) as password_ms, cast(coalesce(max(x.app_ms), 0) as bigint) as app_ms, cast(coalesce(max(x.linked_ms), 0) as bigint) as linked_ms,
			cast(coalesce(sum(x.sessions), 0) as bigint) as open, cast(coalesce(max(x.seen_ms), 0) as bigint) as seen_ms
		from (
			select staff, password_ms, cast(0 as bigint) as app_ms, cast(0 as bigint) as linked_ms, cast(0 as bigint) as sessions, cast(0 as bigint) as seen_ms from admin_account where org = $1
			union all select staff, 0, made_ms, 0, 0, 0 from admin_factor where org = $1 and proved_ms > 0
			union all select staff, 0, made_ms, 0, 0, 0 from admin_passkey where org = $1
			union all select staff, 0, 0, made_ms, 0, 0 from admin_identity where org = $1
			union all select staff, 0, 0, 0, 1, seen_ms from admin_session where org = $1 and ends_ms >= $2 and way <> 'demo'
		) x group by x.staff`, org, tx.Now())
}
