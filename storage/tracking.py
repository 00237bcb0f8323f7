"""Query parameters that never change what a page says, and hosts that need their own rule. Pure data."""

from __future__ import annotations


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Prefixes of parameter names set by campaign and sharing tools.
TRACKING_PREFIXES: tuple[str, ...] = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "hmb_", "vero_", "oly_", "wt.", "at_",
    "mc_c", "mc_e", "_hs", "__hs", "sc_c", "sc_e", "stm_", "trk_", "tblci", "spm_", "scm_", "ns_",
    "_branch_", "dm_i", "fb_", "cx_", "ito_", "xtor", "ml_", "ss_", "int_cmp", "itm_", "bd_vid",
    "asc_", "tracking_", "share_", "sharer_", "campaign_",
)  # fmt: skip

#: Exact names, lower case, dropped on every host. Each was seen on shared links of news sites.
TRACKING: frozenset[str] = _set(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ymclid twclid ttclid igshid igsh li_fat_id
    epik rdt_cid sscid srsltid _ga _gl _gac gs_l ga_source ga_medium ga_campaign _openstat wickedid
    mkt_tok mkwid s_kwcid ef_id elqtrackid elqtrack elqaid elqat elqcampaignid trkid trkemail
    spm scm wprid abtest abtest_id ab_channel feature app_channel
    cmpid cmp icid ncid ocid smid smtyp sref sr_share soc_src soc_trk recruiter
    partner_code cid_source ref_src ref_url referer referrer refer ref_ reflink taid tsid
    from_source from_spmid vd_source buvid share_source share_medium share_plat share_session_id
    share_tag share_token share_from sharefrom shareto sharetoken sharekey sharer shareid share_id
    isappinstalled app_platform app_version appinstall wxshare_count wx_share wxfrom
    from_app from_h5 fromshare fromapp isshare is_share weixin_share wechat_redirect
    nsukey clicktime enterid ascene devicetype pass_ticket wx_header
    bdmtoken bd_source bdshare hmsr hmpl hmcu hmkw hmci
    mbid guccounter guce_referrer guce_referrer_sig cvid nr_email_referer emci emdi ceid
    sharing_link syn clickid click_id adid ad_id adgroupid campaignid gad gad_source gad_campaignid
    fref rcm originalsubdomain trackingid tracking traffic_source traffictype
    nocache _nocache cachebuster cache_buster cb timestamp _ts ts_ rnd rand random
    showcomments replytocom fromsearch searchkeyword
    jsessionid phpsessid aspsessionid asp.net_sessionid sessionid session_id sess sessid
    cfid cftoken viewfull
    """
)

#: Names that are a campaign mark on most sites and an id on a few: dropped only when the value
#: is a word (no digits at all), because "ids in query strings stay".
TRACKING_WHEN_WORD: frozenset[str] = _set(
    "from ref source src channel chl via share sf origin entry entrance scene platform campaign"
    " medium mod seid fr wfr f ch_source sns"
)

#: Dropped when the value looks like a session (16 or more letters and digits).
SESSION_WHEN_LONG: frozenset[str] = _set("sid s session token ssid zenid osid")

#: Views of one document: name -> values (empty: any value) that only choose its dress.
VIEWS: dict[str, frozenset[str]] = {
    "amp": frozenset(),
    "outputtype": frozenset({"amp", "print"}),
    "print": frozenset({"", "1", "true", "yes", "y", "on", "print"}),
    "printable": frozenset({"", "1", "true", "yes"}),
    "printmode": frozenset(),
    "printerfriendly": frozenset(),
    "print_view": frozenset(),
    "view": frozenset({"print", "amp", "mobile", "printable"}),
    "mode": frozenset({"print", "amp"}),
    "format": frozenset({"amp", "print"}),
    "display": frozenset({"print"}),
    "theme": frozenset({"print", "amp"}),
    "mobile": frozenset({"", "0", "1", "true", "yes", "no"}),
    "noredirect": frozenset(),
    "nomobile": frozenset(),
}

#: Hosts whose identity is exactly these parameters; everything else in the query is dropped.
#: WeChat: without __biz, mid, idx and sn all articles would be one (courlan strict mode does that).
ALLOW: dict[str, frozenset[str]] = {
    "mp.weixin.qq.com": frozenset({"__biz", "mid", "idx", "sn", "appmsgid", "itemidx", "sign"}),
    "www.youtube.com": frozenset({"v", "list"}),
    "m.youtube.com": frozenset({"v", "list"}),
    "news.ycombinator.com": frozenset({"id", "p"}),
}

#: First labels of hosts that serve the same documents in another dress.
TWIN_LABELS: frozenset[str] = _set(
    "www www2 www3 m wap 3g mobile amp touch h5 mip print i mob lite"
)

INDEX_FILES: frozenset[str] = frozenset(
    f"{name}.{end}"
    for name in ("index", "default", "home")
    for end in ("html", "htm", "shtml", "shtm", "php", "asp", "aspx", "jsp", "xhtml", "do")
) - {"home.do"}  # fmt: skip
