import { useTexts } from '../../stores/context.tsx';

export function WelcomeScreen() {
  const { common } = useTexts();
  return <h1>{common.product}</h1>;
}
