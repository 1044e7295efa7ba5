import {
  Check,
  Copy,
  Ellipsis,
  GripVertical,
  MoveDown,
  MoveUp,
  Pencil,
  Plus,
  Trash2,
} from 'lucide-react';
import { useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { profileName, ruleText } from '../../../shared/model/format-text.ts';
import {
  allProfiles,
  houseProfile,
  isBuiltIn,
  OPEN_RULE,
  OTHERWISE,
  profileOf,
  type FormatProfile,
  type FormatRule,
} from '../../../shared/model/house-format.ts';
import { useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useManaged } from '../../state/policy.ts';
import type { SettingsView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { usePendingValue } from '../../ui/controls/choice.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Menu, Select, type MenuEntry } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { ManagedMark } from './managed.tsx';
import { Row, Section } from './parts.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import css from './house-format.module.css';

type Naming = { title: string; name: string; save: (name: string) => Promise<boolean> };
type Changes = Pick<FormatProfile, 'rules' | 'otherwise'>;

/** Which rendition is taken where nobody names one: profiles of ordered rules. */
export function HouseFormat() {
  const settings = useSettings();
  const { settings: words } = useTexts();
  const language = useLanguage();
  const [shownId, show] = useState<string | null>(null);
  const [naming, setNaming] = useState<Naming | null>(null);
  const isManaged = useManaged('houseFormat');
  if (!settings) return null;
  const profile = (shownId !== null && profileOf(settings, shownId)) || houseProfile(settings);
  return (
    <Section of="house" rows={['houseFormat']}>
      <Row text={words.houseText} title={words.house}>
        <SettingControls>
          <Select
            hideLabel
            label={words.house}
            look="button"
            options={allProfiles(settings).map((one) => ({
              value: one.id,
              label:
                one.id === settings.houseFormat
                  ? words.formatIsDefault(profileName(one, language))
                  : profileName(one, language),
            }))}
            value={profile.id}
            onChange={show}
          />
          <ProfileMenu profile={profile} settings={settings} onNaming={setNaming} onShow={show} />
          {isManaged && profile.id === settings.houseFormat && <ManagedMark />}
        </SettingControls>
        {isBuiltIn(profile.id) && <p className={css.hint}>{words.formatBuiltIn}</p>}
      </Row>
      <Rules key={profile.id} profile={profile} />
      {naming && (
        <NameDialog
          naming={naming}
          taken={allProfiles(settings).map((one) => one.name ?? one.id)}
          onClose={() => setNaming(null)}
        />
      )}
    </Section>
  );
}

/** Saves house formats; failures are shown. */
function useFormats() {
  const app = useApp();
  const reportError = useReportError();
  return {
    /** @returns its id; null if it could not be saved */
    async save(profile: Changes & { id?: string; name: string }): Promise<string | null> {
      try {
        const { formatProfiles } = await app.settings.call('settings.save-format', {
          ...profile,
          rules: [...profile.rules],
        });
        return profile.id ?? formatProfiles.at(-1)?.id ?? null;
      } catch (thrown) {
        reportError(thrown);
        return null;
      }
    },
    async remove(id: string): Promise<boolean> {
      try {
        await app.settings.call('settings.remove-format', { id });
        return true;
      } catch (thrown) {
        reportError(thrown);
        return false;
      }
    },
    async use(houseFormat: string): Promise<void> {
      try {
        await app.settings.call('settings.set', { houseFormat });
      } catch (thrown) {
        reportError(thrown);
      }
    },
  };
}

/** `HD (copy)`, and with a number if that is taken. */
function freeName(wanted: string, profiles: readonly FormatProfile[]): string {
  const taken = new Set(profiles.map(({ id, name }) => (name ?? id).toLowerCase()));
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

function ProfileMenu({
  settings,
  profile,
  onShow,
  onNaming,
}: {
  settings: SettingsView;
  profile: FormatProfile;
  onShow: (id: string | null) => void;
  onNaming: (naming: Naming) => void;
}) {
  const app = useApp();
  const { settings: words, common } = useTexts();
  const language = useLanguage();
  const formats = useFormats();
  const { id, name: ownName, rules, otherwise } = profile;
  const name = profileName(profile, language);
  const isDefault = id === settings.houseFormat;
  const isManaged = useManaged('houseFormat');
  const add = async (added: Changes & { name: string }): Promise<boolean> => {
    const saved = await formats.save(added);
    if (saved !== null) onShow(saved);
    return saved !== null;
  };
  const remove = async (): Promise<void> => {
    const users = settings.savedSearches.filter((search) =>
      settings.autoFetch.some((rule) => rule.searchId === search.id && rule.profile === id),
    );
    if (users.length > 0) {
      app.toasts.getState().show(words.formatUsed(users.map((one) => one.name).join(', ')));
      return;
    }
    if (ownName === null || !(await formats.remove(id))) return;
    onShow(null);
    app.toasts.getState().show(words.formatDeleted(name), {
      label: common.undo,
      run: () => {
        void formats.save({ id, name: ownName, rules, otherwise }).then((saved) => {
          if (saved === null) return;
          onShow(saved);
          if (isDefault) void formats.use(saved);
        });
      },
    });
  };
  const entries: MenuEntry[] = [
    {
      id: 'default',
      icon: Check,
      label: words.formatUse,
      disabled: isDefault || isManaged,
      onAction: () => void formats.use(id),
    },
    {
      id: 'new',
      icon: Plus,
      label: words.formatNew,
      onAction: () =>
        onNaming({
          title: words.formatNew,
          name: '',
          save: (given) =>
            add({
              name: given,
              rules: [{ ...OPEN_RULE, purpose: 'broadcast' }],
              otherwise: 'closest',
            }),
        }),
    },
    {
      id: 'duplicate',
      icon: Copy,
      label: words.formatDuplicate,
      onAction: () =>
        void add({
          name: freeName(words.formatCopy(name), allProfiles(settings)),
          rules,
          otherwise,
        }),
    },
    ...(ownName === null
      ? []
      : [
          {
            id: 'rename',
            icon: Pencil,
            label: words.formatRename,
            onAction: () =>
              onNaming({
                title: words.formatRename,
                name: ownName,
                save: async (given) =>
                  (await formats.save({ id, name: given, rules, otherwise })) !== null,
              }),
          },
          {
            id: 'delete',
            icon: Trash2,
            label: words.formatDelete,
            danger: true,
            onAction: () => void remove(),
          },
        ]),
  ];
  return (
    <Menu entries={entries} label={words.formatActions(name)}>
      <IconButton icon={Ellipsis} label={words.formatActions(name)} size={28} />
    </Menu>
  );
}

function NameDialog({
  naming: { title, name, save },
  taken,
  onClose,
}: {
  naming: Naming;
  taken: readonly string[];
  onClose: () => void;
}) {
  const { settings: words, common } = useTexts();
  const [typed, setTyped] = useState(name);
  const [isEarly, setEarly] = useState(false);
  const given = typed.trim();
  const isTaken =
    given.toLowerCase() !== name.toLowerCase() &&
    taken.some((one) => one.toLowerCase() === given.toLowerCase());
  const error = given === '' ? words.formatNoName : isTaken ? words.formatTaken : null;
  const submit = async (): Promise<void> => {
    if (error !== null) return setEarly(true);
    if (await save(given)) onClose();
  };
  return (
    <Dialog
      isOpen
      title={title}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button tone="main" onPress={() => void submit()}>
            {words.save}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <Form onSubmit={() => void submit()}>
        <Field
          autoFocus
          error={isEarly || isTaken ? error : null}
          label={words.formatName}
          maxLength={60}
          value={typed}
          onChange={setTyped}
        />
      </Form>
    </Dialog>
  );
}

const DRAGGED = 'application/x-desk-rule';

const moved = <T,>(list: readonly T[], from: number, to: number): T[] => {
  const left = list.filter((_, at) => at !== from);
  return [...left.slice(0, to), ...list.slice(from, from + 1), ...left.slice(to)];
};

function Rules({ profile }: { profile: FormatProfile }) {
  const app = useApp();
  const { settings: words, common } = useTexts();
  const language = useLanguage();
  const { save } = useFormats();
  const { id, name } = profile;
  const isOwn = name !== null;
  const [shown, choose] = usePendingValue<Changes>(profile, async (changes) => {
    const { rules, otherwise } = changes;
    if (name !== null) await save({ id, name, rules, otherwise });
  });
  const { rules, otherwise } = shown;
  const [editing, setEditing] = useState<number | null>(null);
  const [said, say] = useState('');
  const listRef = useRef<HTMLOListElement>(null);
  const focus = (at: number): void => {
    requestAnimationFrame(() =>
      listRef.current?.querySelectorAll<HTMLElement>('[data-rule]')[at]?.focus(),
    );
  };
  const setRules = (next: readonly FormatRule[]): void => choose({ rules: next, otherwise });
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= rules.length || from === to) return;
    setRules(moved(rules, from, to));
    say(words.formatMoved(to + 1, rules.length));
    focus(to);
  };
  const remove = (at: number): void => {
    const rule = rules[at];
    // A house format without a rule would fit nothing.
    if (!rule || rules.length === 1) return;
    setRules(rules.filter((_, index) => index !== at));
    app.toasts.getState().show(words.formatRuleRemoved(ruleText(rule, language)), {
      label: common.undo,
      run: () => setRules(rules),
    });
    focus(Math.min(at, rules.length - 2));
  };
  const press = (event: KeyboardEvent, at: number): void => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      move(at, at + (event.key === 'ArrowUp' ? -1 : 1));
    } else if (event.key === 'Delete') remove(at);
  };
  return (
    <>
      <Row text={isOwn ? words.formatRulesText : words.formatRulesFixed} title={words.formatRules}>
        <ol className={css.rules} ref={listRef}>
          {rules.map((rule, at) => (
            <RuleRow
              count={rules.length}
              index={at}
              isOwn={isOwn}
              // A rule has no name of its own, and may be there twice.
              key={`${at} ${JSON.stringify(rule)}`}
              text={ruleText(rule, language)}
              onEdit={() => setEditing(at)}
              onKey={(event) => press(event, at)}
              onMove={move}
              onRemove={() => remove(at)}
            />
          ))}
        </ol>
        <SrOnly>
          <span role="status">{said}</span>
        </SrOnly>
        {isOwn && (
          <SettingControls>
            <Button
              icon={Plus}
              isDisabled={rules.length >= MAX_RULES}
              size={28}
              tone="quiet"
              onPress={() => setEditing(rules.length)}
            >
              {words.formatAdd}
            </Button>
          </SettingControls>
        )}
      </Row>
      <Row text={words.formatOtherwiseText} title={words.formatOtherwise}>
        <SettingControls>
          <Select
            hideLabel
            isDisabled={!isOwn}
            label={words.formatOtherwise}
            look="button"
            options={OTHERWISE.map((value) => ({
              value,
              label: words.formatOtherwiseChoices[value],
            }))}
            value={otherwise}
            onChange={(next) => choose({ rules, otherwise: next })}
          />
        </SettingControls>
      </Row>
      {editing !== null && (
        <RuleDialog
          rule={rules[editing] ?? OPEN_RULE}
          title={editing < rules.length ? words.formatEditRule : words.formatAddRule}
          onClose={() => {
            setEditing(null);
            focus(editing);
          }}
          onSave={(rule) =>
            setRules([...rules.slice(0, editing), rule, ...rules.slice(editing + 1)])
          }
        />
      )}
    </>
  );
}

/** As many as main takes. */
const MAX_RULES = 20;

function RuleRow({
  text,
  index,
  count,
  isOwn,
  onEdit,
  onMove,
  onRemove,
  onKey,
}: {
  text: string;
  index: number;
  count: number;
  isOwn: boolean;
  onEdit: () => void;
  onMove: (from: number, to: number) => void;
  onRemove: () => void;
  onKey: (event: KeyboardEvent) => void;
}) {
  const { settings: words } = useTexts();
  if (!isOwn)
    return (
      <li className={css.rule}>
        <span className={css.fixed}>{text}</span>
      </li>
    );
  const start = (event: DragEvent<HTMLElement>): void => {
    event.dataTransfer.setData(DRAGGED, String(index));
    event.dataTransfer.effectAllowed = 'move';
    if (event.currentTarget.parentElement)
      event.dataTransfer.setDragImage(event.currentTarget.parentElement, 12, 16);
  };
  const entries: MenuEntry[] = [
    { id: 'edit', icon: Pencil, label: words.formatEdit, onAction: onEdit },
    {
      id: 'up',
      icon: MoveUp,
      keys: 'alt ↑',
      label: words.formatUp,
      disabled: index === 0,
      onAction: () => onMove(index, index - 1),
    },
    {
      id: 'down',
      icon: MoveDown,
      keys: 'alt ↓',
      label: words.formatDown,
      disabled: index === count - 1,
      onAction: () => onMove(index, index + 1),
    },
    {
      id: 'remove',
      icon: Trash2,
      label: words.formatRemove,
      danger: true,
      disabled: count === 1,
      onAction: onRemove,
    },
  ];
  return (
    <li
      className={cx(css.rule, css.own)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        const from = event.dataTransfer.getData(DRAGGED);
        if (from !== '') onMove(Number(from), index);
      }}
    >
      <span aria-hidden draggable className={css.grip} onDragStart={start}>
        <Icon of={GripVertical} size={14} />
      </span>
      <button
        data-rule
        aria-label={words.formatRuleAt(index + 1, text)}
        className={css.open}
        type="button"
        onClick={onEdit}
        onKeyDown={onKey}
      >
        {text}
      </button>
      <Menu entries={entries} label={words.formatRuleActions(text)}>
        <IconButton icon={Ellipsis} iconSize={14} label={words.formatRuleActions(text)} size={28} />
      </Menu>
    </li>
  );
}
