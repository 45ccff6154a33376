package kyc
