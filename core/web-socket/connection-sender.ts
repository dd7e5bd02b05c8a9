export type SendOutcome =
  | 'sent'
  /** The connection has ended, or is still being made. */
  | 'gone'
  /** Above the gateway's rate of sends: the client does not have the frame, and the connection is well. */
  | 'throttled'
  /** Refused by a fault. */
  | 'failed'
  /** No answer in time: the client may have the frame or not. */
  | 'hung';

/** Sends frames to open WebSockets. Never throws; a send that hangs is given up after seconds. */
export interface ConnectionSender {
  send(connectionId: string, text: string): Promise<SendOutcome>;
  /**
   * Closes a connection, so that its client connects again and asks for what it missed. False: it may still be open, and
   * what is stored of it has to stay.
   */
  close(connectionId: string): Promise<boolean>;
}
