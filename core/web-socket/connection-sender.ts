export type SendOutcome =
  | 'sent'
  /** The connection has ended, or is still being made. */
  | 'gone'
  /** Refused, or no answer in time: the client may have the frame or not. */
  | 'failed';

/** Sends frames to open WebSockets. Never throws; a send that hangs is given up after seconds. */
export interface ConnectionSender {
  send(connectionId: string, text: string): Promise<SendOutcome>;
  /** Closes a connection, so that its client connects again and asks for what it missed. */
  close(connectionId: string): Promise<void>;
}
