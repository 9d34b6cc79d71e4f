// A real OpenID Connect provider (oidc-provider) for Ajar's tests. It prints its address as one line and serves until it is stopped.
//
// Each test makes a realm of its own, so that tests beside each other don't meet: POST /realms/NAME with {clients, people}. The realm is an issuer
// at /realms/NAME with its own keys, clients and people. What tests need to provoke stands under /realms/NAME/test/…; all else is the provider's own.
import { createServer } from 'node:http';
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import Provider, { interactionPolicy } from 'oidc-provider';

const realms = new Map();
let origin = '';

// Store is what the provider keeps: in memory, by kind and key, for the length of a test.
class Store {
  constructor(realm, kind) {
    this.realm = realm;
    this.kind = kind;
  }
  key(id) {
    return `${this.kind}:${id}`;
  }
  async upsert(id, payload) {
    this.realm.kept.set(this.key(id), payload);
  }
  async find(id) {
    if (this.kind === 'Client') return this.realm.clients.get(id);
    return this.realm.kept.get(this.key(id));
  }
  async findByUserCode() {}
  async findByUid(uid) {
    for (const [k, v] of this.realm.kept) if (k.startsWith(`${this.kind}:`) && v.uid === uid) return v;
  }
  async consume(id) {
    this.realm.kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    this.realm.kept.delete(this.key(id));
  }
  async revokeByGrantId(grant) {
    for (const [k, v] of this.realm.kept) if (v.grantId === grant) this.realm.kept.delete(k);
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'ES256' };
}

const offered = ['name', 'given_name', 'family_name', 'preferred_username', 'email', 'email_verified', 'hd', 'tid', 'oid', 'xms_edov'];

// policy lets a client ask for the choice of an account, as the large providers do.
function policy() {
  const all = interactionPolicy.base();
  all.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return all;
}

// build makes the provider of a realm from what the realm holds. Making it again with a new key is how keys are changed.
function build(realm) {
  realm.key = newKey();
  const provider = new Provider(`${origin}/realms/${realm.name}`, {
    adapter: (kind) => new Store(realm, kind),
    jwks: { keys: [realm.key] },
    cookies: { keys: ['a key for tests alone'] },
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: offered },
    conformIdTokenClaims: realm.conform,
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    acrValues: ['mfa'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        async logoutSource(ctx, form) {
          ctx.body = page('Sign out here too?', form + '<button type="submit" form="op.logoutForm" name="logout" value="yes" id="yes">Yes, sign out</button>');
        },
      },
    },
    interactions: { policy: policy(), url: (ctx, interaction) => `/realms/${realm.name}/interaction/${interaction.uid}` },
    findAccount: (ctx, sub) => {
      const person = realm.people.get(sub);
      return person && { accountId: sub, claims: async () => ({ ...person, sub }) };
    },
    renderError: async (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'discovery') ctx.body = { ...ctx.body, ...realm.says };
    if (ctx.oidc?.route === 'token' && ctx.body?.id_token) {
      realm.lastToken = ctx.body.id_token;
      if (realm.nextToken) ctx.body = { ...ctx.body, id_token: realm.nextToken };
      realm.nextToken = '';
    }
  });
  realm.provider = provider;
  realm.serve = provider.callback();
}

const page = (title, body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}</html>`;

async function bodyOf(req) {
  let text = '';
  for await (const part of req) text += part;
  return text;
}

function answer(res, status, type, text) {
  res.writeHead(status, { 'content-type': type });
  res.end(text);
}

// interaction is the page of the provider on which somebody says who they are, or goes back.
async function interaction(realm, req, res) {
  const { params } = await realm.provider.interactionDetails(req, res);
  if (req.method === 'GET') {
    const people = [...realm.people].map(([sub, p]) => `<p><button name="sub" value="${sub}">${p.name ?? sub}</button></p>`).join('');
    return answer(res, 200, 'text/html', page('The school account', `<form method="post">${people}<p><button name="no" value="1">Cancel</button></p></form>`));
  }
  const form = new URLSearchParams(await bodyOf(req));
  if (form.get('no')) {
    return realm.provider.interactionFinished(req, res, { error: 'access_denied', error_description: '<b>The person went back</b>' });
  }
  const sub = form.get('sub');
  const grant = new realm.provider.Grant({ accountId: sub, clientId: params.client_id });
  grant.addOIDCScope('openid profile email');
  const amr = realm.people.get(sub)?.amr;
  return realm.provider.interactionFinished(req, res, {
    login: { accountId: sub, ...(amr ? { amr, acr: 'mfa' } : {}) },
    consent: { grantId: await grant.save() },
    select_account: {},
  });
}

// signed is a token with any claims, signed with the realm's own key: what a provider with a fault, or another client's token, would look like.
function signed(realm, claims, header) {
  const part = (x) => Buffer.from(JSON.stringify(x)).toString('base64url');
  const text = `${part({ alg: 'ES256', kid: realm.key.kid, ...header })}.${part(claims)}`;
  const key = createPrivateKey({ key: realm.key, format: 'jwk' });
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function control(realm, what, req, res) {
  const said = JSON.parse((await bodyOf(req)) || '{}');
  switch (what) {
    case 'person':
      realm.people.set(said.sub, said);
      break;
    case 'client':
      realm.clients.set(said.client_id, said);
      break;
    case 'rotate':
      build(realm);
      break;
    case 'next-token':
      realm.nextToken = said.id_token;
      break;
    case 'sign':
      return answer(res, 200, 'application/json', JSON.stringify({ id_token: signed(realm, said.claims, said.header) }));
    case 'says':
      realm.says = said;
      break;
    case 'asked':
      return answer(res, 200, 'application/json', JSON.stringify(realm.asked));
    case 'down':
      realm.down = said.down;
      break;
    case 'last-token':
      break;
    default:
      return answer(res, 404, 'text/plain', 'there is no such lever');
  }
  return answer(res, 200, 'application/json', JSON.stringify({ id_token: realm.lastToken ?? '' }));
}

async function serve(req, res) {
  const [, , name, ...rest] = new URL(req.url, origin).pathname.split('/');
  if (req.url === '/') return answer(res, 200, 'text/plain', 'ready');
  if (!req.url.startsWith('/realms/') || !name) return answer(res, 404, 'text/plain', 'not here');
  if (req.method === 'POST' && rest.length === 0) {
    const said = JSON.parse((await bodyOf(req)) || '{}');
    const realm = { name, conform: Boolean(said.conform), says: {}, asked: {}, kept: new Map(), clients: new Map(), people: new Map() };
    for (const c of said.clients ?? []) realm.clients.set(c.client_id, c);
    for (const p of said.people ?? []) realm.people.set(p.sub, p);
    build(realm);
    realms.set(name, realm);
    return answer(res, 200, 'application/json', JSON.stringify({ issuer: `${origin}/realms/${name}` }));
  }
  const realm = realms.get(name);
  if (!realm) return answer(res, 404, 'text/plain', 'no such realm');
  if (rest[0] === 'test') return control(realm, rest[1], req, res);
  const where = rest.join('/');
  realm.asked[where] = (realm.asked[where] ?? 0) + 1;
  if (realm.down) return answer(res, 503, 'text/plain', 'closed for now');
  if (rest[0] === 'interaction') return interaction(realm, req, res);
  req.originalUrl = req.url;
  req.url = req.url.slice(`/realms/${name}`.length) || '/';
  return realm.serve(req, res);
}

const server = createServer((req, res) => {
  serve(req, res).catch((err) => {
    console.error(err);
    if (!res.headersSent) answer(res, 500, 'text/plain', String(err));
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  console.log(origin);
});
// When whoever started it is gone, so is it: its standard input ends.
process.stdin.on('end', () => process.exit(0)).resume();
