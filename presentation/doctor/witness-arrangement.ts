/** Where witnesses are, as far as it matters for what they prove. */
export interface Arrangement {
  /** Null where nothing is known of the disks, as with a store on a server. */
  readonly folderOnDiskOfStore: boolean | null;
  readonly repositories: number;
  readonly servers: number;
  readonly quorum: number | null;
}

/** What an arrangement of witnesses proves, and what it does not, in one sentence each. */
export function provenBy({ folderOnDiskOfStore, repositories, servers, quorum }: Arrangement): string {
  const sentences = [
    folderOnDiskOfStore === true
      ? 'A folder on the disk of the store shows accidents and a store put back alone; whoever writes that disk can put back both.'
      : 'A folder elsewhere shows that the store was cut, put back or forked, to whoever trusts those who can write that folder.',
  ];
  if (repositories > 0)
    sentences.push(
      'A repository shows it also to everybody with a clone; who may rewrite its branch makes it forget, and clones remember.',
    );
  if (servers === 1) sentences.push('A server cosigns one history only: a fork needs that server, or its key, on its side.');
  if (servers > 1) {
    sentences.push(
      quorum === null
        ? `${servers} servers cosign, and none has to: name a quorum, or one that is kept away goes unnoticed.`
        : `${quorum} of ${servers} servers must have cosigned: a fork needs ${Math.max(0, 2 * quorum - servers)} that cosign both sides.`,
    );
  }
  if (servers === 1 && quorum === null) sentences.push('No quorum is demanded: a server that is kept away is a warning, and no fault.');
  return sentences.join(' ');
}
