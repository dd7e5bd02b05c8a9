import type { Socket } from 'node:net';

/** Writes the text again and again until the socket is closed. */
function forEver(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(text)), everyMs);
}

const onRequest = (answer: (socket: Socket) => void) => (socket: Socket) =>
  void socket.once('data', () => answer(socket));
const head = 'HTTP/1.1 200 OK\r\n';

export interface HostileReceiver {
  what: string;
  protocol: 'http' | 'https';
  behave: (socket: Socket) => void;
  /** What a delivery to it comes to. */
  reply: 'answered' | 'timeout' | 'unreachable';
}

type Row = [
  what: string,
  protocol: HostileReceiver['protocol'],
  behave: HostileReceiver['behave'],
  reply: HostileReceiver['reply'],
];

const list: Row[] = [
  ['says nothing', 'http', () => {}, 'timeout'],
  ['does not read', 'http', (socket) => void socket.pause(), 'timeout'],
  ['closes at once', 'http', (socket) => void socket.destroy(), 'unreachable'],
  ['resets the connection', 'http', onRequest((socket) => void socket.resetAndDestroy()), 'unreachable'],
  ['ends without an answer', 'http', onRequest((socket) => void socket.end()), 'unreachable'],
  [
    'switches protocols',
    'http',
    onRequest(
      (socket) => void socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ),
    'answered',
  ],
  [
    'sends a letter of its head now and then',
    'http',
    onRequest((socket) => forEver(socket, 'H', 50)),
    'unreachable',
  ],
  [
    'sends headers without end, slowly',
    'http',
    onRequest((socket) => {
      socket.write(head);
      forEver(socket, 'x-a: b\r\n', 20);
    }),
    'timeout',
  ],
  [
    'sends headers without end, fast',
    'http',
    onRequest((socket) => {
      socket.write(head);
      forEver(socket, `x-a: ${'b'.repeat(4_000)}\r\n`, 1);
    }),
    'unreachable',
  ],
  [
    'announces an answer for ever',
    'http',
    onRequest((socket) => forEver(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 5)),
    'timeout',
  ],
  [
    'sends a body without end, slowly',
    'http',
    onRequest((socket) => {
      socket.write(`${head}\r\n`);
      forEver(socket, 'x', 20);
    }),
    'answered',
  ],
  [
    'sends a body without end, fast',
    'http',
    onRequest((socket) => {
      socket.write(`${head}\r\n`);
      forEver(socket, 'x'.repeat(10_000), 1);
    }),
    'answered',
  ],
  [
    'stops within its chunked body',
    'http',
    onRequest((socket) => void socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nab`)),
    'answered',
  ],
  ['speaks another protocol', 'http', onRequest((socket) => void socket.end('SSH-2.0-x\r\n')), 'unreachable'],
  ['does not shake hands', 'https', () => {}, 'timeout'],
  [
    'answers a handshake with nonsense',
    'https',
    onRequest((socket) => void socket.end('HTTP/1.1 400 \r\n\r\n')),
    'unreachable',
  ],
];

/** Receivers of webhooks that try to hold on to whoever calls them. */
export const hostileReceivers: readonly HostileReceiver[] = list.map(([what, protocol, behave, reply]) => ({
  what,
  protocol,
  behave,
  reply,
}));
