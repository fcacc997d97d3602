/// Worker
