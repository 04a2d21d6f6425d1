// A provider over OpenID Connect for the tests: npm's oidc-provider, a certified implementation, with its own sign-in page
// and consent. It listens with TLS on a free port of this machine, prints its address, and takes orders at /control, such
// as to say something that is not true.
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , modules, certificate, key, redirect] = process.argv;
const load = (name) => import(pathToFileURL(createRequire(`${modules}/`).resolve(name)).href);
const { Provider } = await load('oidc-provider');
const jose = await load('jose');

const pair = await jose.generateKeyPair('RS256', { extractable: true });
const other = await jose.generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await jose.exportJWK(pair.privateKey)), kid: 'known', alg: 'RS256', use: 'sig' };

// What is ordered: what each login is called and belongs to, and how tokens are falsified.
const orders = { people: {}, falsify: null, lastToken: null };

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `https://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'gemba',
    client_secret: 'a secret of the tests',
    redirect_uris: [redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  jwks: { keys: [jwk] },
  pkce: { required: () => true },
  scopes: ['openid', 'profile', 'groups'],
  claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
  cookies: { keys: ['a key of the tests'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...orders.people[id] }) }),
});

async function falsified(token) {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const sign = (changed, signer = pair.privateKey, head = header) =>
    new jose.SignJWT({ ...claims, ...changed }).setProtectedHeader(head).sign(signer);
  const now = Math.floor(Date.now() / 1000);
  switch (orders.falsify) {
    case 'nonce': return sign({ nonce: 'another' });
    case 'expired': return sign({ iat: now - 7200, exp: now - 3600 });
    case 'audience': return sign({ aud: 'somebody else' });
    case 'issuer': return sign({ iss: 'https://evil.example' });
    case 'signature': return sign({}, other.privateKey);
    case 'unsigned': return `${token.split('.').map((part, at) => (at === 0 ? btoa('{"alg":"none"}').replace(/=/g, '') : part)).slice(0, 2).join('.')}.`;
    case 'replayed': return orders.lastToken ?? token;
    default: return token;
  }
}

provider.use(async (context, next) => {
  await next();
  if (context.path === '/token' && context.body?.id_token) {
    const token = context.body.id_token;
    context.body.id_token = await falsified(token);
    orders.lastToken = token;
  }
});

const answer = provider.callback();
server.on('request', (request, response) => {
  if (request.url !== '/control') return answer(request, response);
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => { Object.assign(orders, JSON.parse(body)); response.end('done'); });
});
console.log(`provider ready at ${issuer}`);
