import { unreachable } from '../shared/errors.ts';
import { bindStream, type Identity, streamKind } from '../shared/stream.ts';
import type { TokenCommand } from './commands.ts';
import { tokenDecider } from './decider.ts';
import { tokenSlice } from './slice.ts';

function identityOf(command: TokenCommand): Identity {
  const { kind } = command;
  switch (kind) {
    case 'CreateToken':
      return [kind, command.token.secretSha256];
    case 'RevokeToken':
      return [kind, command.tokenId];
    default:
      return unreachable(kind);
  }
}

/** Streams `token-<tokenId>`. */
export const tokenStream = bindStream(streamKind('token', tokenSlice), { decider: tokenDecider, identityOf });
