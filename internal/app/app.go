// Package app puts the product together: every capability, lower levels first, one line each, and nothing else.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"ajar/internal/admin"
	adminweb "ajar/internal/admin/web"
	"ajar/internal/audit"
	auditweb "ajar/internal/audit/web"
	"ajar/internal/barriers"
	barriersweb "ajar/internal/barriers/web"
	"ajar/internal/conversations"
	conversationsweb "ajar/internal/conversations/web"
	"ajar/internal/demo"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/box"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/module"
	"ajar/internal/kit/post"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/translate"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	messagesweb "ajar/internal/messages/web"
	"ajar/internal/notes"
	notesweb "ajar/internal/notes/web"
	"ajar/internal/plans"
	plansweb "ajar/internal/plans/web"
	"ajar/internal/practice"
	practiceweb "ajar/internal/practice/web"
	"ajar/internal/progress"
	progressweb "ajar/internal/progress/web"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
	"ajar/internal/sharing"
	sharingweb "ajar/internal/sharing/web"
	"ajar/internal/ui"
)

// Options of Open.
type Options struct {
	Data       string // folder of the SQLite file
	URL        string // postgres://… instead of the folder
	Clock      clock.Clock
	Mail       string // the mail server, as post.NewMail reads it; empty for none
	Texts      string // the gateway for text messages, as post.NewKannel reads it; empty for none
	Translate  string // the translation service, as translate.New reads it; empty for none
	Fast       bool   // give up durability against power loss; for tests and for making the demo
	LookAround bool   // offer the fictional people of the demo to visitors
	Secret     string // what seals the few secrets that are read again; the key in the folder of the data without it
	Address    string // how this Ajar is reached from outside, such as https://ajar.example.org; links in e-mails to staff begin with it
	Log        *slog.Logger
}

// App is the product, put together.
type App struct {
	DB            *db.DB
	Trail         *trail.Log
	Gate          *access.Gate
	Jobs          *jobs.Queue
	Post          *post.Service
	Imports       *batch.Service
	Roll          *roll.Service
	Admin         *admin.Service
	Sharing       *sharing.Service
	Family        *family.Service
	Messages      *messages.Service
	Progress      *progress.Service
	Notes         *notes.Service
	Barriers      *barriers.Service
	Plans         *plans.Service
	Audit         *audit.Service
	Conversations *conversations.Service
	Practice      *practice.Service

	// Edge says which proxies are believed and under which names the pages are served; set it before Handler.
	Edge web.Edge

	log     *slog.Logger
	modules []module.Manifest

	open       context.Context // over when the product is closed
	stop       context.CancelFunc
	background sync.WaitGroup
	sweeping   sync.Once
}

// Migrations are the schema of every capability in level order.
func Migrations() []db.Migrations {
	return []db.Migrations{
		trail.Migrations(),
		jobs.Migrations(),
		post.Migrations(),
		batch.Migrations(),
		roll.Migrations(),
		admin.Migrations(),
		sharing.Migrations(),
		family.Migrations(),
		messages.Migrations(),
		progress.Migrations(),
		notes.Migrations(),
		barriers.Migrations(),
		plans.Migrations(),
		audit.Migrations(),
		conversations.Migrations(),
		practice.Migrations(),
	}
}

// Open opens the store, brings its schema up to date and builds every capability.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Clock.Zero() {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Address != "" {
		u, err := url.Parse(o.Address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return nil, fault.New(fault.Invalid, "AJAR_ADDRESS is %q. Write how Ajar is reached from outside, like https://ajar.example.org.", o.Address)
		}
		o.Address = u.Scheme + "://" + u.Host
	}
	where := o.URL
	if where == "" {
		where = filepath.Join(o.Data, "ajar.db")
	}
	ways, err := o.ways()
	if err != nil {
		return nil, err
	}
	var words *translate.Service
	if o.Translate != "" {
		if words, err = translate.New(o.Translate); err != nil {
			return nil, err
		}
	}
	sealed, err := box.Open(o.Data, o.Secret)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Options{URL: where, Clock: o.Clock, Fast: o.Fast})
	if err != nil {
		return nil, err
	}
	if _, err := d.Migrate(ctx, Migrations()); err != nil {
		_ = d.Close()
		return nil, err
	}
	spool := trail.Options{Fast: o.Fast}
	if d.Engine() == db.SQLite {
		spool.Folder = filepath.Dir(where)
	}
	log, err := trail.Open(ctx, d, spool)
	if err != nil {
		_ = d.Close()
		return nil, err
	}
	log.Trouble = func(err error) { o.Log.Error("a sight was not written to the trail", "error", err.Error()) }
	a := &App{DB: d, Trail: log, log: o.Log}
	a.open, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.Jobs = jobs.New(d, o.Log)
	a.Post = post.New(d, a.Jobs)
	a.Post.Sender, a.Post.Folder, a.Post.Log = roll.Sender, o.Data, o.Log
	// Each message is asked about just before it leaves the house: by the roll, which knows about orders, and by the room it came from.
	a.Post.May = post.Whether(roll.MayPost, post.Each(family.MayLeave))
	for way, driver := range ways {
		a.Post.Use(way, driver)
	}
	a.Imports = batch.New(d)
	a.Roll = roll.New(d, a.Imports)
	a.Roll.OnMerge(roll.MergePart{Name: "post", Adults: []roll.MergeColumn{{Table: "post_item", Column: "adult", One: "message", Many: "messages"}}})
	a.Admin = admin.New(d, a.Roll)
	a.Admin.LookAround, a.Admin.Box, a.Admin.Post, a.Admin.Address, a.Admin.Log = o.LookAround, sealed, a.Post, o.Address, o.Log
	a.Sharing = sharing.New(d, a.Roll)
	a.Messages = messages.New(d, a.Roll, a.Jobs, a.Post)
	if words != nil {
		a.Messages.Translator = words
	}
	a.Progress = progress.New(d, a.Roll, a.Imports)
	a.Notes = notes.New(d, a.Roll)
	a.Barriers = barriers.New(d, a.Roll, a.Progress)
	a.Plans = plans.New(d, a.Roll, a.Jobs, a.Post)
	a.Plans.Gives = a.Sharing.GivesCounts
	a.measureForPlans()
	a.Audit = audit.New(d, a.Roll)
	a.gapsForPlans()
	a.Conversations = conversations.New(d, a.Roll, a.Progress)
	a.Practice = practice.New(d, a.Roll, a.Plans)
	a.Messages.OfferItems(practice.News())
	a.Conversations.Gives, a.Sharing.Figures = a.Sharing.GivesCounts, a.Conversations.FiguresOf
	a.Sharing.Offer(conversations.HandOver())
	a.Admin.AddHome(admin.HomePanel{Order: 4, Need: roll.Edit, Show: rollweb.GapsPanel})
	a.Admin.FootOfHome(rollweb.SightPanel)
	a.Admin.AddHome(admin.HomePanel{Order: 3, Need: admin.Trail, Show: rollweb.ManyRecords(adminweb.TrailPath, a.DB.Clock().Zone())})
	a.openFamilyDoor(o.LookAround)
	a.joinAudit()
	a.modules = []module.Manifest{
		rollweb.Manifest(a.Roll),
		adminweb.Manifest(a.Admin),
		adminweb.TrailManifest(a.Admin),
		sharingweb.Manifest(a.Sharing),
		familyweb.Manifest(a.Family),
		messagesweb.Manifest(a.Messages),
		progressweb.Manifest(a.Progress),
		notesweb.Manifest(a.Notes),
		barriersweb.Manifest(a.Barriers, a.Admin),
		plansweb.Manifest(a.Plans, a.Admin),
		auditweb.Manifest(a.Audit, a.auditLeaf),
		conversationsweb.Manifest(a.Conversations, a.Admin, a.Family),
		practiceweb.Manifest(a.Practice),
	}
	var rights [][]access.Right
	for _, m := range a.modules {
		rights = append(rights, m.Rights)
	}
	a.Gate = access.NewGate(rights...)
	a.Family.Admit = a.Gate.Admit
	a.Roll.UseOutlets(a.outlets())
	a.Admin.AddHome(admin.HomePanel{Order: 5, Need: roll.Orders, Show: rollweb.OrdersDue})
	return a, nil
}

// outlets collects every way by which something about a child reaches an adult.
func (a *App) outlets() (out []roll.Outlet) {
	for _, m := range a.modules {
		for _, o := range m.Outlets {
			out = append(out, o.(roll.Outlet))
		}
	}
	return out
}

// ways are the ways out of the house that have been set up.
func (o Options) ways() (map[string]post.Driver, error) {
	out := map[string]post.Driver{}
	if o.Mail != "" {
		m, err := post.NewMail(o.Mail)
		if err != nil {
			return nil, err
		}
		out[post.Email] = m
	}
	if o.Texts != "" {
		k, err := post.NewKannel(o.Texts)
		if err != nil {
			return nil, err
		}
		out[post.SMS] = k
	}
	return out, nil
}

// DemoParts are what the demo is handed to.
func (a *App) DemoParts() demo.Parts {
	return demo.Parts{DB: a.DB, Gate: a.Gate, Imports: a.Imports, Roll: a.Roll, Admin: a.Admin, Family: a.Family, Progress: a.Progress, Audit: a.Audit, Barriers: a.Barriers, Conversations: a.Conversations, Notes: a.Notes, Sharing: a.Sharing, Plans: a.Plans, Practice: a.Practice, Messages: a.Messages}
}

// Close ends the work in the background and closes the store.
func (a *App) Close() error {
	a.stop()
	a.background.Wait()
	a.Admin.Wait()
	return errors.Join(a.Trail.Close(), a.DB.Close())
}

// Sweep removes what is no longer to be kept: sessions and links that are over, and files of imports that nobody confirmed.
func (a *App) Sweep(ctx context.Context) error {
	if err := a.Admin.Sweep(ctx); err != nil {
		return err
	}
	if err := a.Admin.KeepAddresses(ctx); err != nil {
		return err
	}
	if err := a.Admin.TrimTrail(ctx); err != nil {
		return err
	}
	if err := a.Family.Sweep(ctx); err != nil {
		return err
	}
	orgs, err := a.Roll.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if err := a.Imports.Sweep(access.System("remove files of imports that nobody confirmed", int64(o.ID)), ctx); err != nil {
			return err
		}
		if err := a.Roll.SweepMerges(ctx, access.System("remove the journals of merges that can no longer be undone", int64(o.ID))); err != nil {
			return err
		}
	}
	return nil
}

// sweepHourly runs until the product is closed.
func (a *App) sweepHourly() {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	for {
		if err := a.Sweep(a.open); err != nil && a.open.Err() == nil {
			a.log.Error("sweeping failed", "error", err.Error())
		}
		select {
		case <-hour.C:
		case <-a.open.Done():
			return
		}
	}
}

// Routes lists every route, for the server and for the tests that hold them to their needs.
func (a *App) Routes() []web.Route {
	var out []web.Route
	for _, m := range a.modules {
		out = append(out, m.Routes...)
	}
	out = append(out, rollweb.RightsRoutes(a.Roll, a.Gate.Rights)...)
	return append(out, web.Route{Pattern: "GET /static/", Need: web.Public("styles, script and type are the same for everyone"), Handle: func(q *web.Req) error {
		ui.Static().ServeHTTP(q.W, q.R)
		return nil
	}})
}

// Handler serves the pages. From then on, what is no longer to be kept is removed every hour.
func (a *App) Handler() (http.Handler, error) {
	a.sweeping.Do(func() {
		a.background.Go(a.sweepHourly)
		a.background.Go(func() { a.Jobs.Run(a.open) })
		a.background.Go(func() { a.Post.Run(a.open) })
	})
	s := &web.Server{Gate: a.Gate, Routes: a.Routes(), Identify: a.Admin.Identify, Note: a.Trail.Note, Frame: a.frame, Trouble: adminweb.Trouble, SignIn: "/sign-in",
		Prove: adminweb.ProvePath, Unlock: adminweb.UnlockPath, Hold: a.Admin.Hold, Log: a.log}
	h, err := a.doors(s)
	if err != nil {
		return nil, err
	}
	return a.Edge.Wrap(h), nil
}

func (a *App) frame(q *web.Req) web.Frame {
	f := web.Frame{Path: q.R.URL.Path}
	if !q.Pass.Valid() {
		return f
	}
	w := q.Pass.Who()
	f.Org, f.Who, f.Demo, f.LockSeconds = w.OrgName, w.Name, a.Admin.LookAround, int(w.LockMs/1000)
	var roles []string
	for _, r := range w.Roles {
		roles = append(roles, roll.RoleWords[r])
	}
	f.As = strings.Join(roles, ", ")
	f.Search = q.Pass.Scope(roll.See) >= access.Own
	if w.Hat != 0 {
		if err := a.DB.View(q.Context(), q.Pass, func(tx *db.Tx) (err error) { f.Hat, err = roll.OtherHat(tx); return err }); err != nil {
			a.log.Error("reading the other hat of a colleague", "error", err.Error())
		}
		if a.Admin.AsParent != nil {
			f.HatPath = adminweb.AsParentPath
		}
	}
	var items []web.MenuItem
	for _, m := range a.modules {
		for _, i := range m.Menu {
			if q.Pass.Has(i.Need) {
				items = append(items, i)
			}
		}
	}
	sort.SliceStable(items, func(i, j int) bool { return items[i].Order < items[j].Order })
	f.Menu = append([]web.MenuItem{{Label: "Today", Href: "/"}}, items...)
	return f
}
