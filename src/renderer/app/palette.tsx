export function Palette({ onClose }: { onClose: () => void; onSheet: () => void }) { void onClose; return null; }
