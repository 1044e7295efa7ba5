import type { Clock } from '../clock.ts';
import { MINUTE, SECOND } from '../clock.ts';
import type { Editor } from '../editing/editor.ts';
import { EditRefused, type EditRequest } from '../editing/request.ts';
import type { Log } from '../log.ts';

type Planned = {
  /** Names the edit in the store, so that it is made once. */
  plan: string;
  /** Since the data folder was first used. */
  afterMinutes: number;
  slug: string;
  request: EditRequest;
};

const YEAR = [{ from: '1996', to: '2006' }];
/** What the demo’s desk does on the first day, for anyone to see. */
export const DEMO_DAY: readonly Planned[] = [
  {
    plan: 'demo-correction',
    afterMinutes: 3,
    slug: 'AUR-26-1131',
    request: {
      act: 'correct',
      note: {
        en: 'Correction: the first roof was fitted in 2006, not in 1996. Script, captions and shot 3 changed, and the line burnt into its picture. New: shot 3 isn’t cleared for social media, at the owner’s request.',
        fr: 'Correction : le premier toit a été équipé en 2006, et non en 1996. Script, sous-titres et plan 3 modifiés, ainsi que le texte incrusté à l’image. Nouveau : le plan 3 n’est pas autorisé sur les réseaux sociaux, à la demande du propriétaire.',
      },
      patch: {
        script: { en: YEAR, fr: YEAR },
        captions: { en: YEAR, fr: YEAR },
        shots: [
          {
            n: 3,
            text: {
              en: 'Parapet and outlet of the first roof, fitted in 2006',
              fr: 'Le parapet et l’exutoire du premier toit, équipé en 2006',
            },
            line: 'FIRST ROOF 2006',
          },
        ],
        restrictions: {
          add: [
            {
              kind: 'platform',
              mode: 'deny',
              values: ['social'],
              note: {
                en: 'Shot 3: no social media (at the owner’s request)',
                fr: 'Plan 3 : pas de réseaux sociaux (à la demande du propriétaire)',
              },
              shots: [3],
            },
          ],
        },
      },
    },
  },
  {
    plan: 'demo-withdrawal',
    afterMinutes: 6,
    slug: 'AUR-26-1096',
    request: {
      act: 'withdraw',
      reason: {
        en: 'Withdrawn: shots 2 and 5 show another building. Do not use this footage. Delete copies.',
        fr: 'Retiré : les plans 2 et 5 montrent un autre bâtiment. N’utilisez plus ces images et supprimez les copies.',
      },
    },
  },
];

/**
 * Makes the edits of the demo’s day when they are due by the service’s clock, those of a time when
 * it didn’t run at its start.
 */
export function startDemoDay({
  clock,
  log,
  editor,
  epoch,
}: {
  clock: Clock;
  log: Log;
  editor: Editor;
  epoch: number;
}): { stop(): Promise<void> } {
  const open = DEMO_DAY.filter(({ plan }) => !editor.isDone(plan));
  let running: Promise<void> | null = null;

  async function makeDue(): Promise<void> {
    for (let next = open[0]; next; next = open[0]) {
      if (clock.now() < epoch + next.afterMinutes * MINUTE) return;
      open.shift();
      const { slug, request, plan } = next;
      await editor.edit(slug, request, plan).catch((error: unknown) => {
        // Someone edited it before, by hand.
        if (!(error instanceof EditRefused)) throw error;
        log('demo-day-left-out', { plan, message: error.message });
      });
    }
    clearInterval(timer);
  }
  const look = () => {
    running ??= makeDue()
      .catch((error: unknown) => log('demo-day-failed', { message: String(error) }))
      .finally(() => (running = null));
  };
  // The clock may be moved by tests, so a timer for the remaining time would be wrong.
  const timer = setInterval(look, SECOND).unref();
  look();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
