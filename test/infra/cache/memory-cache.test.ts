import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import { cacheContract } from '../../contract/cache.contract.ts';

cacheContract('memory', () => createMemoryCache('one'));
