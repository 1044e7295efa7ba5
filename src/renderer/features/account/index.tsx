import { useTexts } from '../../stores/context.tsx';

export function AccountScreen() {
  const { common } = useTexts();
  return <h1>{common.account}</h1>;
}
