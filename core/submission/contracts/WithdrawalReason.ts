import * as z from 'zod';

/** Why a submission is taken back. A closed list: free text could name a person. */
export const WithdrawalReason = z.enum(['consent', 'mistake', 'other']);
export type WithdrawalReason = z.infer<typeof WithdrawalReason>;
