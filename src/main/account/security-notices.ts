import type * as z from 'zod';
import { noticeCode } from '../../shared/contract/account.ts';
import type { SeenNotices, ServiceClock } from './ports.ts';
import type { StoredSession } from './tokens.ts';

type Profile = StoredSession['profile'];
type SecurityNotice = Profile['notices'][number];
type NoticeCode = z.infer<typeof noticeCode>;

/** Tolerance for the estimated service clock plus the duration of a request. */
const SLACK_MS = 60_000;

const noticeHash = ({ id }: Profile, { code, at }: SecurityNotice): string => `${id} ${code} ${at}`;

/** Security notices of an account, each shown once per machine, also across sign-outs. */
export class SecurityNotices {
  readonly #ownChanges: { code: NoticeCode; from: number; until: number }[] = [];
  readonly #seen: SeenNotices;
  readonly #clock: ServiceClock;

  constructor(seen: SeenNotices, clock: ServiceClock) {
    this.#seen = seen;
    this.#clock = clock;
  }

  /** Newest first. */
  unread({ profile, seenUntil }: StoredSession): { code: NoticeCode; at: number }[] {
    return profile.notices.flatMap((notice) => {
      const code = noticeCode.safeParse(notice.code);
      return code.success && notice.at > seenUntil && !this.#seen.has(noticeHash(profile, notice))
        ? [{ code: code.data, at: notice.at }]
        : [];
    });
  }

  read(session: StoredSession): void {
    for (const notice of this.unread(session)) this.#seen.add(noticeHash(session.profile, notice));
  }

  /** Runs `change` and suppresses the notice it causes. */
  async suppressOwn(code: NoticeCode, change: () => Promise<void>): Promise<void> {
    const from = this.#clock.serviceNow() - SLACK_MS;
    await change();
    this.#ownChanges.push({ code, from, until: this.#clock.serviceNow() + SLACK_MS });
  }

  /** Marks notices caused by this client as seen. Call it with every profile from the service. */
  markOwnSeen(profile: Profile): void {
    for (const notice of profile.notices) {
      if (
        this.#ownChanges.some(
          ({ code, from, until }) =>
            notice.code === code && notice.at >= from && notice.at <= until,
        )
      )
        this.#seen.add(noticeHash(profile, notice));
    }
  }
}
