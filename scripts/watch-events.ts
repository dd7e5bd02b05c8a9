/**
 * npm run watch-events: prints every event of the tenant, one in each line, and connects again when the
 * connection ends (API Gateway ends it after two hours, or ten minutes without a message).
 *
 * LLM_WS_URL names the service (default: the local host), LLM_AUTH_TOKEN its token.
 */
const url = process.env.LLM_WS_URL ?? `ws://127.0.0.1:${process.env.LLM_PORT ?? 8080}/ws`;
const token = process.env.LLM_AUTH_TOKEN;
const pingEveryMs = 5 * 60_000;
let delayMs = 500;

function connect(): void {
  // Node's WebSocket takes headers in place of protocols; browsers connect with a ticket instead.
  const options = (token ? { headers: { authorization: `Bearer ${token}` } } : {}) as unknown as string[];
  const socket = new WebSocket(url, options);
  const ping = setInterval(() => socket.send('{"action":"ping"}'), pingEveryMs);
  socket.onopen = () => {
    delayMs = 500;
    console.error(`Connected to ${url}`);
  };
  socket.onmessage = ({ data }) => console.log(data);
  socket.onclose = () => {
    clearInterval(ping);
    console.error(`Not connected to ${url}; trying again in ${delayMs / 1000} s`);
    setTimeout(connect, delayMs);
    delayMs = Math.min(delayMs * 2, 30_000);
  };
}

connect();
