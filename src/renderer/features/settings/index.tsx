import { useTexts } from '../../stores/context.tsx';

export function SettingsScreen() {
  const { common } = useTexts();
  return <h1>{common.settings}</h1>;
}
