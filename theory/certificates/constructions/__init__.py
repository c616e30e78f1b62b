"""Certificates of explicit networks that fit data: caps, groups, linear maps, powers."""
