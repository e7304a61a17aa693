/** Files go beside the socket, with one request each. */
import { ConnectionLost, Refusal } from "./errors.js";

export async function upload({ url = globalThis.location?.origin, integrationId, authorization, ...what }) {
  const { file, name, conversationId, fetch = globalThis.fetch } = what;
  const form = new FormData();
  form.append("source", file, name ?? "attachment");
  const query = conversationId ? `?${new URLSearchParams({ conversationId })}` : "";
  const base = url.replace(/^ws/, "http").replace(/\/$/, "");
  const where = `${base}/sdk/v2/integrations/${encodeURIComponent(integrationId)}/attachments${query}`;
  const headers = authorization ? { Authorization: authorization } : {};
  const response = await fetch(where, { method: "POST", headers, body: form }).catch(() => {
    throw new ConnectionLost();
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal({ status: response.status, ...answer.errors?.[0] });
  return answer.attachment;
}

/** What an anonymous user shows: their id and the token of their session. */
export function basic(session) {
  return session && `Basic ${btoa(`${session.userId}:${session.sessionToken}`)}`;
}
