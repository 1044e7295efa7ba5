/** Operator’s log. Facts never contain a secret, a person’s address or a query string. */
export type Log = (event: string, facts?: Record<string, string | number | boolean>) => void;

export const silent: Log = () => undefined;

export const stderrLog: Log = (event, facts = {}) => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...facts })}\n`);
};
