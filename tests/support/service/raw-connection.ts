import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';

/** The other ends of connections to servers of this process. */
const accepted: Socket[] = [];
subscribe(
  'net.server.socket',
  (message) => void accepted.push((message as { socket: Socket }).socket),
);

/** A client that sends what it is told and never closes its side, as an attacker's. */
export type RawConnection = {
  send(text: string): void;
  text(): string;
  stopReading(): void;
  /**
   * Whether the other end is closed on both sides; one that has only ended its own still holds a
   * file of the process.
   */
  isClosed(): boolean;
};

/** @param from which address of this machine the connection comes from */
export async function rawConnection(
  url: string,
  sent = '',
  from = '127.0.0.1',
): Promise<RawConnection> {
  // Ports come again: one from before may have had the same.
  const earlier = accepted.length;
  const socket = connect({
    port: Number(new URL(url).port),
    host: '127.0.0.1',
    localAddress: from,
    allowHalfOpen: true,
  });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => void (text += chunk.toString('latin1')));
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const otherEnd = () =>
    accepted
      .slice(earlier)
      .find(
        ({ remoteAddress, remotePort }) =>
          remoteAddress === from && remotePort === socket.localPort,
      );
  await expect.poll(otherEnd).toBeDefined();
  const server = otherEnd();
  if (sent !== '') socket.write(sent);
  return {
    send: (more) => void socket.write(more),
    text: () => text,
    stopReading: () => void socket.pause(),
    isClosed: () => server?.destroyed ?? false,
  };
}
