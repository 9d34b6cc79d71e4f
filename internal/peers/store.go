package peers

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// The tables are the installation's. Every statement names the school that reads or writes, which comes from the pass.

const offerColumns = `o.id, o.org, g.name as org_name, o.framework, o.theme, o.criterion, o.about, o.words, o.why, o.starts, o.until, o.by_name, o.made_ms, o.ended_ms, o.ended_by`

// nearby: both organisations are members of one grouping on a day.
const nearby = `exists (select 1 from roll_membership m join roll_membership u on u.grouping = m.grouping
	where m.starts <= $2 and m.ends >= $2 and u.starts <= $2 and u.ends >= $2 and u.member = $1 and m.member = `

// offersNear are those of the other schools of our groupings that can be asked for today, newest last.
func offersNear(tx *db.Tx) (out []Offer, err error) {
	us, today := tx.Pass().Org(), tx.Today()
	err = tx.Within(access.Installation("read what schools of one cluster offer each other").Often(), func(in *db.Tx) error {
		out, err = db.All[Offer](in, `select `+offerColumns+` from peers_offer o join roll_org g on g.id = o.org
			where o.org <> $1 and o.until >= $2 and o.ended_ms is null and `+nearby+`o.org) order by o.about, g.name, o.id`, us, today)
		return err
	})
	return out, err
}

// schoolsNear counts the others of our groupings.
func schoolsNear(tx *db.Tx) (n int, err error) {
	us, today := tx.Pass().Org(), tx.Today()
	err = tx.Within(access.Installation("count the schools of one cluster").Often(), func(in *db.Tx) error {
		n, err = db.One[int](in, `select count(*) from roll_org g where g.id <> $1 and `+nearby+`g.id)`, us, today)
		return err
	})
	return n, err
}

func near(tx *db.Tx, a, b roll.OrgID) (yes bool, err error) {
	today := tx.Today()
	err = tx.Within(access.Installation("see whether two schools belong to one cluster").Often(), func(in *db.Tx) error {
		n, err := db.One[int](in, `select count(*) from roll_org g where g.id = $3 and `+nearby+`g.id)`, a, today, b)
		yes = n > 0
		return err
	})
	return yes, err
}

func offersOf(tx *db.Tx) (out []Offer, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("read what a school offers to others").Often(), func(in *db.Tx) error {
		out, err = db.All[Offer](in, `select `+offerColumns+` from peers_offer o join roll_org g on g.id = o.org where o.org = $1 order by o.made_ms desc, o.id desc`, us)
		return err
	})
	return out, err
}

func insertOffer(tx *db.Tx, o Offer) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("keep what a school offers to others").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`insert into peers_offer (id, org, framework, theme, criterion, about, words, why, starts, until, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			o.ID, us, o.Framework, o.Theme, o.Criterion, o.About, o.Words, o.Why, o.Starts, o.Until, by, in.Now())
		return err
	})
}

func endOffer(tx *db.Tx, id OfferID) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("take back what a school offers to others").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`update peers_offer set ended_ms = $3, ended_by = $4 where org = $1 and id = $2 and ended_ms is null`, us, id, in.Now(), by)
		return err
	})
}

func orgNames(tx *db.Tx, list ...roll.OrgID) (out []string, err error) {
	err = tx.Within(access.Installation("name the schools of an exchange").Often(), func(in *db.Tx) error {
		for _, id := range list {
			name, err := db.One[string](in, `select g.name from roll_org g where g.id = $1`, id)
			if err != nil {
				return err
			}
			out = append(out, name)
		}
		return nil
	})
	return out, err
}

const exchangeColumns = `x.id, x.offer, x.helper, x.asker, h.name as helper_name, a.name as asker_name, x.about, x.words, x.state, x.asked_by, x.asked_ms, x.answer, x.answered_by, x.answered_ms,
	x.over_by, x.over_ms, x.thanks_helper, x.thanks_asker`

const exchangeFrom = ` from peers_exchange x join roll_org h on h.id = x.helper join roll_org a on a.id = x.asker`

func exchangesOf(tx *db.Tx) (out []Exchange, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("read whom a school helps and who helps it").Often(), func(in *db.Tx) error {
		out, err = db.All[Exchange](in, `select `+exchangeColumns+exchangeFrom+` where x.helper = $1 or x.asker = $1 order by x.asked_ms desc, x.id desc`, us)
		return err
	})
	return out, err
}

func exchangeOf(tx *db.Tx, id ExchangeID) (x Exchange, err error) {
	us, found := tx.Pass().Org(), false
	err = tx.Within(access.Installation("open an exchange of two schools").Often(), func(in *db.Tx) error {
		x, found, err = db.Maybe[Exchange](in, `select `+exchangeColumns+exchangeFrom+` where x.id = $2 and (x.helper = $1 or x.asker = $1)`, us, id)
		return err
	})
	if err == nil && !found {
		err = fault.Gone("exchange")
	}
	return x, err
}

func insertExchange(tx *db.Tx, x Exchange) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("keep that a school asked another for help").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`insert into peers_exchange (id, offer, helper, asker, about, words, state, asked_by, asked_ms) values ($1, $2, $3, $4, $5, $6, 'asked', $7, $8)`,
			x.ID, x.Offer, x.Helper, us, x.About, x.Words, by, in.Now())
		return err
	})
}

func answerExchange(tx *db.Tx, id ExchangeID, state, words string) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("keep the answer to a school that asked for help").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`update peers_exchange set state = $3, answer = $4, answered_by = $5, answered_ms = $6 where helper = $1 and id = $2 and state = 'asked'`, us, id, state, words, by, in.Now())
		return err
	})
}

func finish(tx *db.Tx, id ExchangeID) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("keep that an exchange of two schools is over").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`update peers_exchange set state = 'over', over_by = $3, over_ms = $4 where (helper = $1 or asker = $1) and id = $2 and state in ('asked', 'agreed')`, us, id, by, in.Now())
		return err
	})
}

func thank(tx *db.Tx, id ExchangeID, helps, on bool) error {
	us := tx.Pass().Org()
	return tx.Within(access.Installation("keep whether a cluster may read of help between two schools").Often(), func(in *db.Tx) (err error) {
		if helps {
			_, err = in.Exec(`update peers_exchange set thanks_helper = $3 where helper = $1 and id = $2`, us, id, on)
		} else {
			_, err = in.Exec(`update peers_exchange set thanks_asker = $3 where asker = $1 and id = $2`, us, id, on)
		}
		return err
	})
}

// visitsOf lists the visits of an exchange that was opened before, the latest first.
func visitsOf(tx *db.Tx, id ExchangeID) (out []Visit, err error) {
	err = tx.Within(access.Installation("read the visits of an exchange of two schools").Often(), func(in *db.Tx) error {
		type row struct {
			ID    VisitID
			OnDay string
		}
		list, err := db.All[row](in, `select v.id, v.on_day from peers_visit v where v.exchange = $1 order by v.on_day desc, v.id desc`, id)
		if err != nil {
			return err
		}
		logs, err := db.All[VisitLog](in, `select l.visit, l.org, g.name as org_name, l.about, l.next, l.by_name, l.at_ms from peers_log l
			join peers_visit v on v.id = l.visit join roll_org g on g.id = l.org where v.exchange = $1 order by l.at_ms, l.org`, id)
		for _, v := range list {
			x := Visit{ID: v.ID, OnDay: v.OnDay}
			for _, l := range logs {
				if l.Visit == v.ID {
					x.Logs = append(x.Logs, l)
				}
			}
			out = append(out, x)
		}
		return err
	})
	return out, err
}

func insertVisit(tx *db.Tx, exchange ExchangeID, id VisitID, day string) error {
	return tx.Within(access.Installation("keep a visit between two schools").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`insert into peers_visit (id, exchange, on_day, made_ms) values ($1, $2, $3, $4)`, id, exchange, day, in.Now())
		return err
	})
}

func putLog(tx *db.Tx, visit VisitID, about, next string) error {
	us, by := tx.Pass().Org(), tx.Pass().Who().Name
	return tx.Within(access.Installation("keep what a school wrote down about a visit").Often(), func(in *db.Tx) error {
		_, err := in.Exec(`insert into peers_log (visit, org, about, next, by_name, at_ms) values ($1, $2, $3, $4, $5, $6)
			on conflict (visit, org) do update set about = excluded.about, next = excluded.next, by_name = excluded.by_name, at_ms = excluded.at_ms`, visit, us, about, next, by, in.Now())
		return err
	})
}

// helpedIn lists the help within the grouping of the pass that both sides want to be read, the latest first.
func helpedIn(tx *db.Tx) (out []Helped, err error) {
	us, today := tx.Pass().Org(), tx.Today()
	err = tx.Within(access.Installation("list who helped whom in a cluster, where both want it").Often(), func(in *db.Tx) error {
		out, err = db.All[Helped](in, `select h.name as helper_name, a.name as asker_name, x.about, max(v.on_day) as on_day`+exchangeFrom+` join peers_visit v on v.exchange = x.id
			where x.thanks_helper = 1 and x.thanks_asker = 1
			and exists (select 1 from roll_membership m where m.grouping = $1 and m.member = x.helper and m.starts <= $2 and m.ends >= $2)
			and exists (select 1 from roll_membership m where m.grouping = $1 and m.member = x.asker and m.starts <= $2 and m.ends >= $2)
			group by x.id, h.name, a.name, x.about order by max(v.on_day) desc, x.id`, us, today)
		return err
	})
	return out, err
}
