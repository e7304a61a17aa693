/**
 * Realtime chat with a Heliograph gateway, from browsers and React Native.
 *
 *     import Heliograph from "heliograph-web";
 *     await Heliograph.init({ url: "https://chat.example.com", integrationId: "…", externalId: "ann", jwt: "…" });
 *     Heliograph.on("message:received", (message, { conversation }) => …);
 *     Heliograph.sendMessage("Hello!", Heliograph.getConversations()[0].id);
 */
import { Client } from "./client.js";

export { ConnectionLost, Goodbye, Refusal } from "./errors.js";
export { memoryStorage } from "./identity.js";

/** A client of its own: any number may live in one page, each with its own user. */
export function createClient(options) {
  return new Client(options);
}

/** The page's one client. */
const Heliograph = createClient();
export default Heliograph;
