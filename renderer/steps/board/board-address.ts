/** The parts of `user@host[:port]`, as the fields of the form have them. */
export interface AddressParts {
  readonly user: string;
  /** With `:port` where that is not 22. */
  readonly host: string;
}

/** Whether an address is that of the board inside this computer: `virtual`, or `virtual:BOARD` with a simulated accelerator. */
export function isVirtual(address: string | null): boolean {
  return address === 'virtual' || address?.startsWith('virtual:') === true;
}

/** Splits an address; an address without a user gives an empty one. */
export function splitAddress(address: string | null): AddressParts {
  if (address === null || isVirtual(address)) return { user: '', host: '' };
  const at = address.lastIndexOf('@');
  return at < 0 ? { user: '', host: address } : { user: address.slice(0, at), host: address.slice(at + 1) };
}

/** Puts the parts together; null until both are there. */
export function joinAddress({ user, host }: AddressParts): string | null {
  return user === '' || host === '' ? null : `${user}@${host}`;
}

/** Whether a text can be a name or address, with or without a port. What is refused here, core would refuse too. */
export function isHost(text: string): boolean {
  return /^[^\s@/]+$/.test(text);
}
