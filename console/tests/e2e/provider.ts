// Where do people sign in who come by an identity provider? At one that somebody else wrote, which holds the node to the standard: the
// client shows its secret, PKCE is demanded, the return address is the registered one, a code is good once. Only its page is ours.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import type { Known } from './node';

const PAGE = (uid: string): string => `<!doctype html><html lang="en"><title>Harbour ID</title><link rel="icon" href="data:,"><h1>Harbour ID</h1>
<form method="post" action="/interaction/${uid}"><label>Subject <input name="subject" autofocus></label> <button name="answer" value="yes">Continue</button> <button name="answer" value="no">Refuse</button></form></html>`;

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const part of request) text += String(part);
  return new URLSearchParams(text);
}

/** Listens where the node expects its provider; whoever says a subject there is believed. */
export async function startProvider(known: Known, node: string): Promise<Server> {
  const key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' };
  const provider = new Provider(known.issuer, {
    clients: [{ client_id: known.client, client_secret: known.secret, redirect_uris: [`${node}/api/v1/session/oidc/return`], response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'ES256' }],
    jwks: { keys: [key] },
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, subject: string) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    // Who signed in agreed to it: nothing is asked twice.
    loadExistingGrant: async (context: { oidc: { provider: { Grant: new (of: Record<string, string>) => { addOIDCScope(scope: string): void; save(): Promise<string> } }; client: { clientId: string }; session: { accountId: string } } }) => {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
  const rest = provider.callback();
  const interact = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { uid } = await provider.interactionDetails(request, response);
    if (request.method !== 'POST') { response.setHeader('content-type', 'text/html').end(PAGE(uid)); return; }
    const said = await bodyOf(request);
    const result = said.get('answer') === 'yes' ? { login: { accountId: said.get('subject') ?? '' } } : { error: 'access_denied', error_description: 'the person refused' };
    await provider.interactionFinished(request, response, result);
  };
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/interaction/')) { rest(request, response); return; }
    interact(request, response).catch((error: unknown) => { response.statusCode = 500; response.end(String(error)); });
  });
  const { port, hostname } = new URL(known.issuer);
  await new Promise<void>((listening) => { server.listen(Number(port), hostname, listening); });
  return server;
}
